// Saved messages in the gallery: some, none, a deleted one, one that cannot be read, and the hard cases.
import { h, type Component } from 'vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { SavedItem } from '../../server/protocol/saved.ts'
import ShellScreen from '../../web/rooms/ShellScreen.vue'
import type { ListView } from '../../web/ui/list-view.ts'
import SavedScreen from '../../web/saved/SavedScreen.vue'
import { listView } from './list-fixture.ts'
import { said } from './messages.ts'
import { ann, at, joined, lisi, long, manyRooms, mara, noor, wang } from './people.ts'

const item = (room: string, message: SpokenMessage): SavedItem => ({
  room,
  seq: message.seq,
  savedAt: message.at,
  message,
})

const some: SavedItem[] = [
  item(
    '7',
    said(48_105, mara, '**Plan for Friday**: read the notes, restart node 2, `brook sync`.', at(9, 0)),
  ),
  item(
    '8',
    said(214, wang, '升级Redis7失败，我先回滚到 7.0。\n日志在 https://example.org/日志', at(9, 41, 1)),
  ),
  item('7', { ...said(47_002, lisi, '', at(18, 0, 3)), deletedAt: at(18, 5, 3) }),
  { room: '99', seq: 12, savedAt: at(8, 0, 9), message: null },
]
const hard: SavedItem[] = [
  item('40', said(9, long, 'a'.repeat(400), at(9, 0))),
  item('7', said(10, noor, 'مرحبا كيف الحال اليوم', at(9, 0, 400))),
  item('7', said(11, ann, 'line\n'.repeat(40), at(9, 0, 2))),
]

const screen =
  (items: SavedItem[], more: Partial<ListView> = {}): (() => Component) =>
  () =>
  () =>
    h(
      ShellScreen,
      {
        user: ann,
        link: 'live',
        status: 'ready',
        joined,
        here: undefined,
        view: 'room',
      },
      () =>
        h(SavedScreen, {
          list: { ...listView(more), items },
          roomOf: (room: string) => manyRooms.find(({ id }) => id === room),
          isSaved: (_room: string, seq: number) => seq !== 214,
          toggle: () => undefined,
        }),
    )

export const savedStates: Record<string, () => Component> = {
  saved: screen(some, { next: 'more' }),
  'saved-none': screen([]),
  'saved-hard': screen(hard),
  'saved-loading': screen([], { status: 'loading' }),
  'saved-failed': screen([], {
    status: 'failed',
    refusal: { code: 'unavailable', retryAfterMs: 5_000 },
  }),
}
