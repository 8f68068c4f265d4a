// Messages for the tests: what a server sends about rooms and what people post in them.
import type { EntryEvent, MessageEvent, Welcome } from '../../../server/protocol/events.ts'
import type { NoticeMessage, SpokenMessage } from '../../../server/protocol/http.ts'
import type { RoomSummary } from '../../../server/protocol/people.ts'

export const ann = { id: '1', name: 'Ann' }
export const bob = { id: '2', name: 'Bob' }

/** Bob posts something in the garden. */
export const said = (seq: number, changes: Partial<MessageEvent> = {}): MessageEvent => ({
  type: 'message',
  room: '7',
  seq,
  cid: `cid-${seq}`,
  user: bob,
  text: `words ${seq}`,
  at: seq * 1_000,
  ...changes,
})

/** The same in the form of a page. */
export const message = (seq: number, changes: Partial<SpokenMessage> = {}): SpokenMessage => ({
  kind: 'message',
  seq,
  updatedSeq: seq,
  cid: `cid-${seq}`,
  user: bob,
  text: `words ${seq}`,
  at: seq * 1_000,
  replyTo: null,
  editedAt: null,
  deletedAt: null,
  reactions: [],
  ...changes,
})

export const notice = (seq: number, changes: Partial<NoticeMessage> = {}): NoticeMessage => ({
  kind: 'notice',
  seq,
  updatedSeq: seq,
  user: bob,
  at: seq * 1_000,
  notice: { kind: 'joined' },
  ...changes,
})

export const unheardOf = (seq: number): EntryEvent => ({ type: 'unknown', room: '7', seq, at: 0 })

export const garden = (changes: Partial<RoomSummary> = {}): RoomSummary => ({
  id: '7',
  name: 'garden',
  kind: 'public',
  topic: '',
  isDefault: false,
  joined: true,
  role: 'member',
  head: 10,
  read: 10,
  unread: 0,
  lastAt: 10_000,
  level: 'mentions',
  favourite: false,
  ...changes,
})

/** Ann is welcomed; the garden is at `head`. */
export const welcome = (head: number, changes: Partial<Welcome> = {}): Welcome => ({
  type: 'welcome',
  user: { ...ann, guest: true, admin: false },
  rooms: [garden({ head, read: head })],
  epoch: 'e1',
  at: 0,
  ...changes,
})

/** Numbers `from` to `to`. */
export const numbers = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
