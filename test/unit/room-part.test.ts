// What a room's memory knows of messages that are deleted by the many: as it stands now, and without looking through all of it each time.
import { expect, test } from 'vitest'
import type { Entry } from '../../server/log/entry.ts'
import { dropFirst, emptyPart, isErased, noteEntry, type RoomPart } from '../../server/log/room-part.ts'
import type { ErasedEvent } from '../../server/protocol/entries/erased.ts'

const eve = { id: '2', name: 'Eve' }
const root = { id: '1', name: 'Root' }

function adds(part: RoomPart, body: Pick<ErasedEvent, 'from' | 'to'> & Partial<ErasedEvent>): number {
  const seq = (part.head += 1)
  const event = {
    type: 'erased',
    target: 0,
    room: '9',
    seq,
    cid: `c${seq}`,
    user: root,
    at: seq,
    ...body,
  } as const
  const entry: Entry = { id: { ms: seq, n: 0 }, room: '9', seq, cid: event.cid, event }
  part.entries.push(entry)
  noteEntry(part, entry)
  return seq
}

test('what deletes holds until it is undone, and as long as memory has it', () => {
  const part = emptyPart(100, null)
  const said = { seq: 50, user: eve }
  expect(isErased(part, said)).toBe(false)
  const seq = adds(part, { person: eve, from: 1, to: 100 })
  expect(isErased(part, said)).toBe(true)
  expect(isErased(part, { seq: 50, user: root })).toBe(false)
  adds(part, { person: eve, from: 1, to: 100, undoes: seq })
  expect(isErased(part, said)).toBe(false)
  adds(part, { person: eve, from: 1, to: 60 })
  expect(isErased(part, said)).toBe(true)
  for (let n = 0; n < 3; n += 1) dropFirst(part)
  expect(isErased(part, said)).toBe(false)
})

test('in a room that has just deleted a million old messages, a page of new ones is looked at in no time', () => {
  const part = emptyPart(1_000_000, null)
  for (let from = 1; from < 1_000_000; from += 500) adds(part, { from, to: from + 499, days: 30 })
  const began = performance.now()
  for (let n = 0; n < 5_000; n += 1) expect(isErased(part, { seq: 2_000_000 + n, user: eve })).toBe(false)
  expect(performance.now() - began).toBeLessThan(2_500)
})
