// What is to do of what one was told, by the pointers that this tab knows; and the badges of the tab.
import { expect, test } from 'vitest'
import type { InboxMark } from '../../../server/protocol/inbox.ts'
import { isToDo, placeOf, type Pointers } from '../../../web/inbox/to-do.ts'
import { iconOf, markOf } from '../../../web/ui/title.ts'

const mark: InboxMark = { room: '7', seq: 10, event: '', cause: 'mention', readBy: 'room' }
const reply: InboxMark = { ...mark, thread: 4, readBy: 'thread' }
const pointers = (room: number | undefined, thread = 0): Pointers => ({
  room: (id) => (id === '7' ? room : undefined),
  thread: () => thread,
})

test('a message is passed by the pointer of its room, a reply by that of its thread, the rest by nothing', () => {
  expect([9, 10].map((read) => isToDo(mark, pointers(read)))).toEqual([true, false])
  expect(isToDo(reply, pointers(99, 9))).toBe(true)
  expect(isToDo(reply, pointers(0, 10))).toBe(false)
  expect(isToDo({ ...mark, event: 'ended', cause: 'poll', readBy: 'hand' }, pointers(99))).toBe(true)
})

test('in a room that one is not in nothing is to do, but what was reported', () => {
  expect(isToDo(mark, pointers(undefined))).toBe(false)
  expect(isToDo({ ...mark, cause: 'report', readBy: 'hand' }, pointers(undefined))).toBe(true)
})

test('those of a room stand together, those of a thread, and each reminder alone', () => {
  expect(placeOf(mark)).toBe(placeOf({ ...mark, seq: 11, cause: 'keyword' }))
  expect(placeOf(reply)).not.toBe(placeOf(mark))
  expect(placeOf({ ...mark, cause: 'reminder' })).not.toBe(placeOf({ ...mark, cause: 'reminder', seq: 11 }))
})

test('the title and the icon have the number of what is to do, or a dot for what is only unread', () => {
  expect(markOf({ toDo: 3, isUnread: true })).toBe('(3) ')
  expect(markOf({ toDo: 1_000, isUnread: false })).toBe('(999+) ')
  expect(markOf({ toDo: 0, isUnread: true })).toBe('• ')
  expect(markOf({ toDo: 0, isUnread: false })).toBe('')
  expect(decodeURIComponent(iconOf({ toDo: 12, isUnread: true }))).toContain('>12</text>')
  expect(decodeURIComponent(iconOf({ toDo: 0, isUnread: true }))).toContain('<circle')
  expect(iconOf({ toDo: 0, isUnread: false })).toBe('/favicon.svg')
})
