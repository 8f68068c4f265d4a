// Everything that somebody had said is deleted by one entry: what it covers, how it folds, and what memory hands out of it.
import { describe, expect, test } from 'vitest'
import { asItIs } from '../../server/history/as-it-is.ts'
import { unreadAfter, type CountDeps } from '../../server/history/counts.ts'
import { asTheyStand } from '../../server/log/as-it-stands.ts'
import { decodeEntry } from '../../server/log/decode.ts'
import type { Entry } from '../../server/log/entry.ts'
import { packDraft } from '../../server/log/packed.ts'
import { Tail } from '../../server/log/tail.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { covers, holding, piecesBetween, type ErasedEvent } from '../../server/protocol/entries/erased.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { isRestoring, toMessage, withChange } from '../../server/protocol/timeline.ts'
import { ann, bob, change, message } from '../support/entries.ts'

const erases = (seq: number, from: number, to: number, more: { undoes?: number } = {}): Entry =>
  change(seq, { type: 'erased', target: 0, person: ann, from, to, ...more }, { user: bob, ms: 9_000 + seq })
const eventOf = (entry: Entry) => entry.event as ErasedEvent
const tailOf = (...entries: Entry[]): Tail => {
  const tail = new Tail({ ms: 0, n: 0 }, new Map())
  tail.take(entries)
  return tail
}
/** What somebody reads of each message in memory. */
const textsIn = (tail: Tail): string[] =>
  asItIs(
    tail,
    '7',
    [...tail.backwards('7', Infinity)].flatMap(({ event }) => toMessage(event) ?? []).reverse(),
  ).map((one) => (one as SpokenMessage).text)

describe('an entry that deletes everything of somebody', () => {
  const read = (body: object, seq = '9') =>
    decodeEntry('1000-0', [
      'seq',
      seq,
      'e',
      packDraft({ room: '7', user: bob, cid: newCid(), body: { type: 'erased', ...body } as never }),
    ]).event

  test('reaches up to itself, and one that undoes it up to that, unless it says otherwise', () => {
    const body = { target: 0, person: ann, from: 3, to: 0 }
    expect(read(body)).toMatchObject({ type: 'erased', target: 0, person: ann, from: 3, to: 8, user: bob })
    expect(read({ ...body, undoes: 6 })).toMatchObject({ from: 3, to: 5, undoes: 6 })
    expect(read({ ...body, to: 4 })).toMatchObject({ to: 4 })
  })

  test.each([
    ['no person', { from: 1, to: 2 }],
    ['a bad person', { person: { id: 7 }, from: 1, to: 2 }],
    ['no numbers', { person: ann }],
    ['both a person and an age', { person: ann, days: 3, from: 1, to: 2 }],
    ['an age and something that it undoes', { days: 3, from: 1, to: 2, undoes: 1 }],
    ['a bad number', { person: ann, from: 1.5, to: 2 }],
    ['something else that it undoes', { person: ann, from: 1, to: 2, undoes: 'x' }],
  ])('is refused with %s', (_what, body) => {
    expect(() => read(body)).toThrow(/entry 1000-0 has/)
  })

  test('covers what that person said between its numbers, and nothing of others', () => {
    const { event } = erases(9, 3, 5)
    const is = (seq: number, user = ann) => covers(event as ErasedEvent, { seq, user })
    expect([is(2), is(3), is(5), is(6), is(4, bob)]).toEqual([false, true, true, false, false])
  })

  test('leaves of a message its number, author and place, and of one that was deleted what there was', () => {
    const said = toMessage(message(4, { thread: 2 }).event) as SpokenMessage
    const gone = withChange(said, eventOf(erases(9, 1, 8)))
    expect(gone).toMatchObject({ seq: 4, user: ann, thread: 2, text: '', deletedAt: 9_009, updatedSeq: 9 })
    expect(withChange(gone, eventOf(erases(10, 1, 8)))).toMatchObject({ deletedAt: 9_009, updatedSeq: 10 })
    expect(withChange(said, eventOf(erases(9, 5, 8)))).toBe(said)
  })

  test('holds until it is undone', () => {
    const all = [erases(5, 1, 4), erases(8, 1, 7), erases(9, 1, 4, { undoes: 5 })].map(eventOf)
    expect(holding(all).map(({ seq }) => seq)).toEqual([8])
    expect(all.map(isRestoring)).toEqual([false, false, true])
  })
})

describe('memory', () => {
  test('hides what is covered, and has it again when that is undone', () => {
    const tail = tailOf(message(1), message(2, { user: bob }), message(3))
    expect(textsIn(tail)).toEqual(['words 1', 'words 2', 'words 3'])
    tail.take([erases(4, 2, 3)])
    expect(textsIn(tail)).toEqual(['words 1', 'words 2', ''])
    expect([1, 2, 3].map((seq) => tail.isDeleted('7', seq))).toEqual([false, false, true])
    expect(tail.isErased('7', { seq: 3, user: ann })).toBe(true)
    tail.take([message(5), erases(6, 2, 3, { undoes: 4 })])
    expect(textsIn(tail)).toEqual(['words 1', 'words 2', 'words 3', 'words 5'])
    expect(tail.isDeleted('7', 3)).toBe(false)
  })

  test('what two of them cover stays hidden while one of them holds', () => {
    const tail = tailOf(message(1), erases(2, 1, 1), erases(3, 1, 1), erases(4, 1, 1, { undoes: 2 }))
    expect(textsIn(tail)).toEqual([''])
    tail.take([erases(5, 1, 1, { undoes: 3 })])
    expect(textsIn(tail)).toEqual(['words 1'])
  })

  test('says nothing of it to whoever comes back, neither the message nor its edits', () => {
    const tail = tailOf(
      message(1),
      change(2, { type: 'edited', target: 1, text: 'better' }),
      message(3, { user: bob }),
      erases(4, 1, 2),
    )
    const events = asTheyStand(tail, '7', tail.since('7', 0) ?? [])
    expect(events.map((event) => ('text' in event ? event.text : event.type))).toEqual([
      '',
      '',
      'words 3',
      'erased',
    ])
    tail.take([erases(5, 1, 3, { undoes: 4 })])
    const restored = asTheyStand(tail, '7', tail.since('7', 0) ?? [])
    expect(restored.slice(0, 2)).toMatchObject([{ text: 'better' }, { text: 'better' }])
  })

  test('forgets for good what is deleted because it was old', () => {
    const tail = tailOf(message(1), change(2, { type: 'edited', target: 1, text: 'better' }), message(3))
    tail.take([change(4, { type: 'erased', target: 0, from: 1, to: 2, days: 30 }, { user: bob })])
    expect(textsIn(tail)).toEqual(['', 'words 3'])
    const kept = [...tail.backwards('7', Infinity)].map(({ event }) => ('text' in event ? event.text : ''))
    expect(kept).toEqual(['', 'words 3', '', ''])
  })

  test('lets go of it with its entry: MySQL knows it by then', () => {
    const tail = new Tail({ ms: 0, n: 0 }, new Map(), 1)
    tail.take([message(1), erases(2, 1, 1), message(3)])
    expect(tail.erasures('7')).toHaveLength(1)
    tail.archive({ ms: 20_000, n: 0 })
    tail.take([message(4, { ms: 30_000 })])
    expect(tail.erasures('7')).toHaveLength(0)
  })
})

test('what many entries delete is asked for in few pieces, and only where it matters', () => {
  const old = Array.from({ length: 2_000 }, (_, n) => ({ from: n * 500 + 1, to: n * 500 + 500 }))
  expect(piecesBetween(old, { after: 700, before: 999_000 })).toEqual([{ from: 501, to: 999_000 }])
  expect(piecesBetween(old, { after: 1_000_000, before: 1_000_100 })).toEqual([])
  const some = [
    { person: ann, from: 5, to: 20 },
    { from: 1, to: 9 },
    { person: bob, from: 21, to: 30 },
    { person: ann, from: 10, to: 40 },
  ]
  expect(piecesBetween(some, { after: 0, before: 100 })).toEqual([
    { from: 1, to: 9 },
    { person: ann, from: 5, to: 40 },
    { person: bob, from: 21, to: 30 },
  ])
})

test('a room that has just deleted a million old messages asks MySQL no more for what is unread than another', async () => {
  const tail = tailOf(
    ...Array.from({ length: 2_000 }, (_, n) =>
      change(1_000_001 + n, { type: 'erased', target: 0, from: n * 500 + 1, to: n * 500 + 500, days: 30 }),
    ),
  )
  const asked: unknown[][] = []
  const db = { rows: async (_sql: string, params: unknown[]) => (asked.push(params), []) }
  const deps = { db, log: { tail: () => tail } } as unknown as CountDeps
  await unreadAfter(deps, ann.id, [{ room: '7', read: 100 }])
  expect(asked.map((params) => params.length)).toEqual([9])
})
