// What names one, in the gallery: a few, the hard cases, none, loading, failed and offline.
import { h, type Component } from 'vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import MentionsScreen from '../mentions/MentionsScreen.vue'
import type { Named } from '../mentions/use-mentions.ts'
import ShellScreen from '../rooms/ShellScreen.vue'
import { ann, at, deploys, joined, lisi, long, manyRooms, mara, noor, openRooms, wang } from './people.ts'

const named = (
  room: string,
  seq: number,
  user: SpokenMessage['user'],
  text: string,
  when: number,
  name = 'Ann',
): Named => ({
  ...{ room, unread: seq > 48_000 },
  message: {
    ...{ kind: 'message', seq, updatedSeq: seq, cid: '', user, text, at: when },
    mentions: [{ name, ids: [ann.id] }],
    ...{ replyTo: null, editedAt: null, deletedAt: null, reactions: [] },
  },
})

const few: Named[] = [
  named('8', 48_131, wang, '@Ann 第二台又回来了，能看一下 `sync` 的延迟吗？', at(9, 58)),
  named(
    '7',
    48_120,
    mara,
    'Lovely. @Ann, could you write down **how** you restarted it? See https://example.org/notes',
    at(9, 31),
  ),
  named('9', 91, deploys, '@room 7.2.1 is on 3 of 4 hosts', at(18, 2, 1), 'room'),
  named('8', 214, lisi, '谢谢@Ann，下午我再试一次 🎉', at(14, 20, 2)),
]
const hard: Named[] = [
  named('40', 48_140, long, `@Ann ${'a'.repeat(400)}`, at(9, 59)),
  named('41', 48_139, noor, 'مرحبا @Ann كيف الحال اليوم', at(9, 58)),
  named(
    '7',
    48_138,
    mara,
    `@Ann all of it:\n\n${'- a point that takes a line or two on a phone, and one on a desk\n'.repeat(14)}`,
    at(9, 57),
  ),
  named(
    '7',
    47_000,
    lisi,
    '@Ann\n\n```ts\nconst once = (cid: string) => seen.has(cid) || seen.add(cid)\n```\n\n| one | two |\n|---|---|\n| 1 | ||hidden|| |',
    at(9, 0, 400),
  ),
]

type Screen = InstanceType<typeof MentionsScreen>['$props']
const screen =
  (list: Named[], more: Partial<Screen> = {}, rooms = joined): (() => Component) =>
  () =>
  () =>
    h(
      ShellScreen,
      {
        ...{ user: ann, link: more.offline ? 'offline' : 'live', status: 'ready' },
        ...{ joined: rooms, open: openRooms, here: undefined, view: 'room' },
      },
      () =>
        h(MentionsScreen, {
          ...{ ownId: ann.id, status: 'ready', list, more: true, loadingMore: false },
          ...{ unread: list.filter(({ unread }) => unread).length, refusal: undefined, offline: false },
          nameOf: (room) => manyRooms.find(({ id }) => id === room)?.name ?? room,
          ...more,
        }),
    )

export const mentions: Record<string, () => Component> = {
  'mentions-few': screen(few),
  'mentions-all': screen(few.slice(2), { more: false }),
  'mentions-hard': screen(hard, {}, manyRooms),
  'mentions-none': screen([], { more: false }),
  'mentions-loading': screen([], { status: 'loading', more: false }),
  'mentions-failed': screen([], {
    ...{ status: 'failed', more: false },
    refusal: { code: 'history_unavailable', retryAfterMs: 3_000 },
  }),
  'mentions-offline': screen(few, { offline: true }),
}
