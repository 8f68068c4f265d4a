// The list of pinned messages in one browser: loaded once, then kept up to date by events.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChangeEvent } from '../../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../../server/protocol/http.ts'
import { withChange } from '../../../server/protocol/timeline.ts'
import { usePins } from '../../../web/pins/pins.ts'
import { ann } from './said.ts'

const said = (seq: number, more: Partial<SpokenMessage> = {}): SpokenMessage => ({
  kind: 'message',
  seq,
  updatedSeq: seq,
  cid: `c${seq}`,
  user: ann,
  at: seq,
  text: `words ${seq}`,
  replyTo: null,
  editedAt: null,
  deletedAt: null,
  reactions: [],
  ...more,
})
const pinned = (seq: number, at = 100 + seq): SpokenMessage =>
  said(seq, { pinnedAt: at, pinnedBy: { id: ann.id, name: ann.name } })
const facts = (seq: number, target: number) => ({
  room: '7',
  seq,
  target,
  cid: `x${seq}`,
  user: ann,
  at: 1_000 + seq,
})
const pin = (seq: number, target: number, on = true): ChangeEvent => ({
  ...facts(seq, target),
  type: 'pinned',
  on,
})

let answers: SpokenMessage[][]
let asked: number
let isAway: boolean
beforeEach(() => {
  vi.useFakeTimers()
  ;[answers, asked, isAway] = [[[pinned(3), pinned(1)]], 0, false]
  vi.stubGlobal('fetch', () => {
    asked += 1
    if (isAway) return Promise.reject(new TypeError('Failed to fetch'))
    return Promise.resolve(Response.json({ pins: answers.shift() ?? [] }))
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A room whose window has these messages, and handles changes like the real one: before the list of pins does. */
async function open(window: Message[] = []) {
  const here = new Map(window.map((message) => [message.seq, message]))
  const list = usePins({ room: '7', messageAt: (seq) => here.get(seq) })
  list.look()
  await vi.advanceTimersByTimeAsync(0)
  const hears = (...changes: ChangeEvent[]): void => {
    for (const change of changes) {
      const known = here.get(change.target)
      if (known !== undefined) here.set(change.target, withChange(known, change))
    }
    list.hear({ messages: [], changes })
  }
  return { list, hears, seqs: () => list.pins.value.map(({ seq }) => seq) }
}

test('a pin and an unpin update the list, last pinned first', async () => {
  const { hears, seqs } = await open([said(5)])
  expect(seqs()).toEqual([3, 1])
  hears(pin(10, 5))
  expect(seqs()).toEqual([5, 3, 1])
  hears(pin(11, 3, false))
  expect(seqs()).toEqual([5, 1])
  expect(asked, 'nothing was asked again').toBe(1)
})

test('an edit shows in it, and a deleted message is not in it', async () => {
  const { list, hears, seqs } = await open()
  hears({ ...facts(10, 3), type: 'edited', text: 'other words' }, { ...facts(11, 1), type: 'deleted' })
  expect(list.pins.value.map(({ text }) => text)).toEqual(['other words'])
  expect(seqs()).toEqual([3])
})

test('a pinned message that is not loaded is read, once for many', async () => {
  const { hears, seqs } = await open()
  answers = [[pinned(9), pinned(8), pinned(3), pinned(1)]]
  hears(pin(10, 8), pin(11, 9))
  hears(pin(12, 7), pin(13, 7, false))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(seqs()).toEqual([9, 8, 3, 1])
  expect(asked).toBe(2)
})

test('an event while the list is loading is not lost', async () => {
  const list = usePins({ room: '7', messageAt: () => undefined })
  list.look()
  list.hear({ messages: [], changes: [pin(10, 3, false)] })
  await vi.advanceTimersByTimeAsync(0)
  expect(list.pins.value.map(({ seq }) => seq)).toEqual([1])
})

test('a list that could not be loaded is loaded again on the next look, and a known one is not', async () => {
  isAway = true
  const { list, seqs } = await open()
  expect(list.status.value).toBe('failed')
  isAway = false
  list.look()
  await vi.advanceTimersByTimeAsync(0)
  expect([list.status.value, seqs()]).toEqual(['ready', [3, 1]])
  list.look()
  expect(asked).toBe(2)
  list.missed()
  list.look()
  expect(asked).toBe(3)
})
