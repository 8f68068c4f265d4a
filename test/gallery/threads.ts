// Threads in the gallery: beside a room, new, long, over, missing, failed; and the list of followed threads.
import { h, type Component } from 'vue'
import type { SpokenMessage, ThreadSummary } from '../../server/protocol/http.ts'
import type { FollowedThread } from '../../server/protocol/threads.ts'
import type { Row } from '../../web/conversation/lines/line.ts'
import ShellScreen from '../../web/rooms/ShellScreen.vue'
import { withBeginning } from '../../web/thread/open/thread-rows.ts'
import ThreadsScreen from '../../web/thread/followed/ThreadsScreen.vue'
import type { ListView } from '../../web/ui/list-view.ts'
import type { Timeline } from '../../web/conversation/timeline.ts'
import { fakeTimeline } from './fake-conversation.ts'
import InShell from './InShell.vue'
import InThread from './InThread.vue'
import { ann, at, joined, lisi, long, manyRooms, mara, noor, wang } from './people.ts'
import { noted } from './commands.ts'
import { listView } from './list-fixture.ts'
import { line, said } from './messages.ts'
import { roomFace } from './room-fixture.ts'
import { rows, sampleRows } from './talk.ts'

const summary = (replies: number, people: ThreadSummary['people'], when: number): ThreadSummary => ({
  replies,
  people,
  lastSeq: 48_130,
  lastAt: when,
})
const root = 48_103
const question =
  'Shall we move the release to Thursday? Wei needs a day for the archive, and **nobody** minds.'
const beginning = line(root, mara, question, at(9, 12))
const thread = { thread: root }
const replies = [
  line(48_110, wang, '周四可以。归档还要半天。', at(9, 20), thread),
  line(48_111, lisi, 'Then I will look once more on Wednesday evening.', at(9, 22), {
    ...thread,
    reactions: [{ emoji: '👍', users: [{ id: ann.id, name: ann.name, seq: 1 }] }],
  }),
  line(48_119, ann, 'Thursday it is.', at(9, 40), { ...thread, alsoInRoom: true }),
  line(48_130, ann, 'The notes are in the wiki.', at(9, 41), { ...thread, standing: 'archived' }),
]
const few: Row[] = withBeginning(rows([beginning, ...replies], 48_119), root, 4)
const many: Row[] = rows(
  Array.from({ length: 60 }, (_, n) =>
    line(
      49_000 + n,
      [ann, mara, wang][n % 3] ?? mara,
      `${n}: ${'word '.repeat((n * 7) % 30)}`,
      at(9, n),
      thread,
    ),
  ),
)

interface ThreadFixture extends Timeline {
  root: SpokenMessage | undefined
  following: boolean
}
const face = ({ root: first, following, ...more }: Partial<ThreadFixture>) => ({
  timeline: fakeTimeline({ rows: few, hasBefore: false, newest: 48_130, ask: () => false, ...more }),
  following: following ?? true,
  root: first,
})

/** Two unread replies of others, the newest of them below what is on screen. */
const unread: Row[] = [...many.slice(0, 52), { kind: 'new', key: 'new' }, ...many.slice(52)]

/** The room's own list with what it shows of threads. */
const shown: Row[] = [
  ...sampleRows.slice(0, 4),
  ...rows([
    { ...beginning, threaded: summary(4, [ann, lisi, wang, mara], at(9, 41)) },
    line(48_119, ann, 'Thursday it is.', at(9, 40), { ...thread, alsoInRoom: true }),
    line(48_120, wang, '', at(9, 50), { deletedAt: at(9, 51), threaded: summary(1, [long], at(8, 0, 3)) }),
    line(48_122, lisi, 'A long one', at(9, 55), {
      threaded: summary(1_204, [{ id: '41', name: 'Deploys', bot: true, icon: '🚀' }, noor], at(8, 0, 40)),
    }),
  ]).slice(1),
]

type Screen = InstanceType<typeof InThread>['$props']
const open =
  (more: Partial<ThreadFixture> = {}, props: Partial<Screen> = {}, typed = ''): (() => Component) =>
  () =>
  () =>
    h(
      InShell,
      { face: roomFace({ rows: shown }), threadOpen: true },
      {
        thread: ({ wide }: { wide: boolean }) =>
          h(InThread, {
            ...face({ root: said(root, mara, question, at(9, 12)), ...more }),
            wide,
            draft: typed,
            ...props,
          }),
      },
    )

const followed = (
  room: string,
  first: SpokenMessage,
  last: SpokenMessage | null,
  unread: number,
): FollowedThread => ({ room, root: first, last, unread, read: unread === 0 ? 99_999 : 1 })
const list: FollowedThread[] = [
  followed(
    '7',
    { ...said(root, mara, question, at(9, 12)), threaded: summary(4, [ann, lisi, wang], at(9, 41)) },
    said(48_130, lisi, '那我周三晚上再看一遍。', at(9, 41)),
    3,
  ),
  followed(
    '8',
    {
      ...said(214, wang, '升级Redis7失败，我先回滚到 7.0', at(9, 41, 1)),
      threaded: summary(1, [mara], at(9, 0, 1)),
    },
    { ...said(215, mara, '', at(9, 0, 1)), deletedAt: at(9, 1, 1) },
    0,
  ),
  followed('7', { ...said(1_002, ann, '', at(9, 0, 9)), deletedAt: at(9, 0, 8) }, null, 0),
  followed(
    '40',
    { ...said(9, long, 'a'.repeat(400), at(9, 0, 40)), threaded: summary(1_204, [noor], at(9, 0, 30)) },
    said(900, noor, 'مرحبا كيف الحال اليوم '.repeat(8), at(9, 0, 30)),
    1_000,
  ),
]

const page =
  (items: FollowedThread[], more: Partial<ListView> = {}): (() => Component) =>
  () =>
  () =>
    h(
      ShellScreen,
      {
        user: ann,
        link: 'live',
        status: 'ready',
        joined,
        threads: 2,
        here: undefined,
        view: 'room',
      },
      () =>
        h(ThreadsScreen, {
          list: { ...listView({ next: 'more', ...more }), items },
          roomOf: (room: string) =>
            manyRooms.find(({ id }) => id === room) ?? { name: room, kind: 'public' as const },
          isFollowing: (_room: string, seq: number) => seq !== 214,
          unreadIn: ({ unread }) => unread,
          follow: () => undefined,
        }),
    )

export const threadStates: Record<string, () => Component> = {
  'thread-room': () => () => h(InShell, { face: roomFace({ rows: shown }) }),
  thread: open(),
  'thread-new': open({ rows: withBeginning(rows([beginning]), root, 0), following: false }),
  'thread-long': open({ rows: many, hasBefore: true }),
  'thread-unread': open({ rows: unread, unseen: 8 }),
  'thread-typing': open({ typing: [lisi] }),
  'thread-notes': open({ rows: [...few, ...noted.slice(-6, -4), ...noted.slice(-1)], typing: [lisi, mara] }),
  'thread-commands': open({}, {}, '/'),
  'thread-older-failed': open({
    rows: many.slice(0, 3),
    hasBefore: true,
    beforeFailed: { code: 'history_unavailable', retryAfterMs: 3_000 },
  }),
  'thread-over': open({
    root: { ...said(root, mara, '', at(9, 12)), deletedAt: at(9, 30) },
    rows: withBeginning(
      rows([{ ...beginning, text: '', deletedAt: at(9, 30) }, ...replies.slice(0, 2)]),
      root,
      2,
    ),
  }),
  'thread-loading': open({ status: 'loading', root: undefined, rows: [] }),
  'thread-failed': open({ status: 'failed', root: undefined, rows: [] }),
  'thread-missing': open({ status: 'missing', root: undefined, rows: [] }),
  'thread-offline': open(
    {
      rows: withBeginning(
        rows([
          beginning,
          line(48_131, ann, 'Written on the train', at(10, 1), { seq: undefined, standing: 'sending' }),
        ]),
        root,
        1,
      ),
    },
    { link: { state: 'offline', waiting: 1 } },
  ),
  threads: page(list),
  'threads-none': page([], { next: null }),
  'threads-loading': page([], { status: 'loading' }),
  'threads-failed': page([], {
    status: 'failed',
    refusal: { code: 'unavailable', retryAfterMs: 5_000 },
  }),
}
