// What one has saved, in the gallery: some, none, one that is gone, one that cannot be read, and the hard cases.
import { h, type Component } from 'vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { SavedItem } from '../../server/protocol/saved.ts'
import ShellScreen from '../rooms/ShellScreen.vue'
import SavedScreen from '../saved/SavedScreen.vue'
import { ann, at, joined, lisi, long, manyRooms, mara, noor, openRooms, wang } from './people.ts'

const said = (seq: number, user: SpokenMessage['user'], text: string, when: number): SpokenMessage => ({
  ...{ kind: 'message', seq, updatedSeq: seq, cid: '', user, text, at: when },
  ...{ replyTo: null, editedAt: null, deletedAt: null, reactions: [] },
})
const item = (room: string, message: SpokenMessage): SavedItem => ({
  ...{ room, seq: message.seq, savedAt: message.at, message },
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

type Screen = InstanceType<typeof SavedScreen>['$props']
const screen =
  (more: Partial<Screen> = {}): (() => Component) =>
  () =>
  () =>
    h(
      ShellScreen,
      {
        ...{ user: ann, link: 'live', status: 'ready', joined, open: openRooms },
        ...{ here: undefined, view: 'room' },
      },
      () =>
        h(SavedScreen, {
          ...{ status: 'ready', items: some, more: false, loadingMore: false, refusal: undefined },
          nameOf: (room: string) => manyRooms.find(({ id }) => id === room)?.name,
          isSaved: (_room: string, seq: number) => seq !== 214,
          ...more,
        }),
    )

export const savedStates: Record<string, () => Component> = {
  saved: screen({ more: true }),
  'saved-none': screen({ items: [] }),
  'saved-hard': screen({ items: hard }),
  'saved-loading': screen({ status: 'loading', items: [] }),
  'saved-failed': screen({
    ...{ status: 'failed', items: [] },
    refusal: { code: 'unavailable', retryAfterMs: 5_000 },
  }),
}
