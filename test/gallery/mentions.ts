// Mentions in the gallery: a few, the hard cases, none, loading, failed and offline.
import { h, type Component } from 'vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import MentionsScreen from '../../web/mentions/MentionsScreen.vue'
import type { Named } from '../../web/mentions/use-mentions.ts'
import type { ListView } from '../../web/ui/list-view.ts'
import ShellScreen from '../../web/rooms/ShellScreen.vue'
import { listView } from './list-fixture.ts'
import { ann, at, deploys, joined, lisi, long, manyRooms, mara, noor, wang } from './people.ts'

const named = (
  room: string,
  seq: number,
  user: SpokenMessage['user'],
  text: string,
  when: number,
  name = 'Ann',
): Named => ({
  room,
  unread: seq > 48_000,
  message: {
    kind: 'message',
    seq,
    updatedSeq: seq,
    cid: '',
    user,
    text,
    at: when,
    mentions: [{ name, ids: [ann.id] }],
    replyTo: null,
    editedAt: null,
    deletedAt: null,
    reactions: [],
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

const screen =
  (
    list: Named[],
    more: Partial<ListView> = {},
    { rooms = joined, offline = false } = {},
  ): (() => Component) =>
  () =>
  () =>
    h(
      ShellScreen,
      {
        user: ann,
        link: offline ? 'offline' : 'live',
        status: 'ready',
        joined: rooms,
        here: undefined,
        view: 'room',
      },
      () =>
        h(MentionsScreen, {
          ownId: ann.id,
          list: listView({ next: 'more', ...more }),
          mentions: list,
          unread: list.filter(({ unread }) => unread).length,
          offline,
          readAll: () => undefined,
          roomOf: (room: string) =>
            manyRooms.find(({ id }) => id === room) ?? { name: room, kind: 'public' as const },
        }),
    )

export const mentions: Record<string, () => Component> = {
  'mentions-few': screen(few),
  'mentions-all': screen(few.slice(2), { next: null }),
  'mentions-hard': screen(hard, {}, { rooms: manyRooms }),
  'mentions-none': screen([], { next: null }),
  'mentions-loading': screen([], { status: 'loading', next: null }),
  'mentions-failed': screen([], {
    status: 'failed',
    next: null,
    refusal: { code: 'history_unavailable', retryAfterMs: 3_000 },
  }),
  'mentions-offline': screen(few, {}, { offline: true }),
}
