// The newest part of the log in memory: complete where it says so, and never dropping what MySQL does not have.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareIds, type Entry } from '../../server/log/entry.ts'
import type { Jump } from '../../server/log/jump.ts'
import { Tail } from '../../server/log/tail.ts'
import { change, message } from '../support/entries.ts'
import { turn } from '../support/turn.ts'

const start = { ms: 0, n: 0 }
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)
const said = (from: number, to: number, room = '7'): Entry[] =>
  numbers(from, to).map((seq) => message(seq, { room }))
const seqs = (entries: Iterable<Entry> | undefined): number[] | undefined =>
  entries === undefined ? undefined : [...entries].map(({ seq }) => seq)
const tailWith = (heads: Record<string, number> = {}, keep?: number): Tail =>
  new Tail(start, new Map(Object.entries(heads).map(([room, seq]) => [room, { seq, at: null }])), keep)
/** The default stream id of number `seq`. */
const idOf = (seq: number) => message(seq).id

const named = (seq: number): Entry => {
  const entry = message(seq)
  return { ...entry, event: { ...entry.event, mentions: [{ name: 'Bob', ids: ['2'] }] } as Entry['event'] }
}

/**
 * Collects garbage until `isEnough`, turn by turn: V8 may keep for some turns what a collection in progress had seen.
 */
async function collectGarbage(isEnough: () => boolean): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let turns = 0; turns < 100 && !isEnough(); turns += 1) {
    collect()
    await turn()
  }
}

describe('a tail', () => {
  test.each([
    ['one room', 1],
    ['many rooms', 100],
  ])('soon frees the memory of what it drops: %s', async (_what, rooms) => {
    const tail = tailWith({}, 1_000)
    let held = 0
    const collected = new FinalizationRegistry(() => (held -= 1))
    const says = (seq: number, room: string): void => {
      const entry = message(seq, { room })
      collected.register(entry, undefined)
      held += 1
      tail.take([entry])
    }
    for (let n = 0; n < 4_000; n += 1) says(Math.floor(n / rooms) + 1, String(n % rooms))
    tail.archive(idOf(4_000))
    says(Math.floor(4_000 / rooms) + 1, '0')
    const bound = 1_000 + 2 * 150
    await collectGarbage(() => held < bound)
    expect(tail.length).toBe(1_000)
    expect(held).toBeLessThan(bound)
  })

  test('knows a room that it was told of and has read nothing of', () => {
    const tail = new Tail(start, new Map([['7', { seq: 40, at: 5_000 }]]))
    expect([tail.head('7'), tail.headAt('7'), tail.first('7')]).toEqual([40, 5_000, 41])
    expect(seqs(tail.since('7', 40))).toEqual([])
    expect(tail.since('7', 39), 'MySQL has it').toBeUndefined()
    expect(seqs(tail.backwards('7', 41))).toEqual([])
  })

  test('knows nothing of an empty room, which is complete knowledge', () => {
    const tail = tailWith()
    expect([tail.head('7'), tail.headAt('7'), tail.first('7')]).toEqual([0, null, 1])
    expect(seqs(tail.since('7', 0))).toEqual([])
    expect(seqs(tail.backwards('7', 10))).toEqual([])
  })

  test('returns what came after a number, in order, and what came before one, newest first', () => {
    const tail = tailWith({ 7: 4 })
    tail.take(said(5, 9))
    expect(seqs(tail.since('7', 6))).toEqual([7, 8, 9])
    expect(seqs(tail.since('7', 4))).toEqual([5, 6, 7, 8, 9])
    expect(tail.since('7', 3)).toBeUndefined()
    expect(seqs(tail.since('7', 100))).toEqual([])
    expect(seqs(tail.backwards('7', 8))).toEqual([7, 6, 5])
    expect(seqs(tail.backwards('7', 100))).toEqual([9, 8, 7, 6, 5])
    expect(seqs(tail.backwards('7', 5))).toEqual([])
    expect(seqs(tail.backwards('7', 1))).toEqual([])
    expect([tail.head('7'), tail.headAt('7'), tail.first('7')]).toEqual([9, idOf(9).ms, 5])
  })

  test('finds the messages that mention somebody, or may do so after a change, without looking at the others', () => {
    const tail = tailWith({}, 4)
    tail.take([
      ...said(1, 2),
      named(3),
      ...said(4, 6),
      named(7),
      change(8, { type: 'edited', target: 5, text: '@Bob' }),
    ])
    expect(seqs(tail.naming('7', 0))).toEqual([3, 5, 7])
    expect(seqs(tail.naming('7', 3))).toEqual([5, 7])
    expect(seqs(tail.naming('7', 7))).toEqual([])
    expect(seqs(tail.naming('8', 0))).toEqual([])
    tail.archive(idOf(8))
    expect(seqs(tail.naming('7', 0)), 'what memory has let go of is not there').toEqual([5, 7])
  })

  test('keeps rooms apart', () => {
    const tail = tailWith()
    tail.take([message(1, { room: '7' }), message(1, { room: '8' }), message(2, { room: '7' })])
    expect(seqs(tail.since('7', 0))).toEqual([1, 2])
    expect(seqs(tail.since('8', 0))).toEqual([1])
    expect(tail.length).toBe(3)
  })

  test('is at the last entry it was given', () => {
    const tail = tailWith()
    tail.take(said(1, 3))
    expect(tail.position).toEqual(idOf(3))
  })

  test('skips what it has read before', () => {
    const tail = tailWith()
    tail.take(said(1, 3))
    expect(seqs(tail.take(said(2, 4)).fresh)).toEqual([4])
    expect(seqs(tail.since('7', 0))).toEqual([1, 2, 3, 4])
  })

  test('sees no jump from a head that Redis reported before the entries were read', () => {
    const tail = tailWith({ 7: 5 })
    expect(tail.take(said(3, 5)).jumps).toEqual([])
    expect(tail.take(said(6, 6)).jumps).toEqual([])
    expect(seqs(tail.since('7', 2))).toEqual([3, 4, 5, 6])
  })
})

describe('a jump in the numbers', () => {
  test('is reported with what is missing, and what was before it is left to MySQL', () => {
    const tail = tailWith()
    tail.take(said(1, 3))
    const { fresh, jumps } = tail.take(said(6, 7))
    expect(jumps).toEqual<Jump[]>([{ room: '7', from: 4, to: 5 }])
    expect(seqs(fresh)).toEqual([6, 7])
    expect(tail.since('7', 2)).toBeUndefined()
    expect(seqs(tail.since('7', 5))).toEqual([6, 7])
    expect(seqs(tail.backwards('7', 100))).toEqual([7, 6])
    expect(tail.first('7')).toBe(6)
  })

  test('leaves mentions before it to MySQL, too', () => {
    const tail = tailWith()
    tail.take([...said(1, 2), named(3)])
    tail.take([named(6)])
    expect(seqs(tail.naming('7', 0))).toEqual([6])
  })

  test('is reported even if nothing of the room was in memory', () => {
    expect(tailWith({ 7: 3 }).take(said(6, 6)).jumps).toEqual([{ room: '7', from: 4, to: 5 }])
  })

  test('of one room does not affect another', () => {
    const tail = tailWith()
    tail.take([...said(1, 2, '7'), ...said(1, 2, '8')])
    tail.take(said(9, 9, '7'))
    expect(seqs(tail.since('8', 0))).toEqual([1, 2])
  })
})

describe('the archive', () => {
  test('is reported to each room once, with its highest number', () => {
    const tail = tailWith()
    tail.take([1, 2, 3, 4].map((ms) => message(Math.ceil(ms / 2), { room: ms % 2 === 0 ? '8' : '7', ms })))
    expect(tail.archive({ ms: 3, n: 0 })).toEqual(
      new Map([
        ['7', 2],
        ['8', 1],
      ]),
    )
    expect(tail.archive({ ms: 3, n: 0 })).toEqual(new Map())
    expect(tail.archive({ ms: 2, n: 0 }), 'it does not go back').toEqual(new Map())
    expect(tail.archived).toEqual({ ms: 3, n: 0 })
    expect(tail.archive({ ms: 4, n: 0 })).toEqual(new Map([['8', 2]]))
  })

  test('that is ahead of this process is reported once the entries are read', () => {
    const tail = tailWith()
    expect(tail.archive(idOf(3))).toEqual(new Map())
    tail.take(said(1, 3))
    // The bus reports it once, the watchdog again every second.
    expect(tail.archive(idOf(3))).toEqual(new Map([['7', 3]]))
    expect([tail.unarchived, tail.waitingSince]).toEqual([0, undefined])
  })

  test('reports how much waits for it, and since when', () => {
    const tail = tailWith()
    expect([tail.unarchived, tail.waitingSince]).toEqual([0, undefined])
    tail.take(said(1, 3))
    expect([tail.unarchived, tail.waitingSince]).toEqual([3, idOf(1).ms])
    tail.archive(idOf(2))
    expect([tail.unarchived, tail.waitingSince]).toEqual([1, idOf(3).ms])
    tail.archive(idOf(3))
    expect([tail.unarchived, tail.waitingSince]).toEqual([0, undefined])
  })

  test('reports what waits for it in bytes: nothing when nothing does, more for longer texts', () => {
    const tail = tailWith({}, 0)
    tail.take([message(1, { text: 'x' })])
    const small = tail.unarchivedBytes
    tail.take([message(2, { text: 'x'.repeat(1_001) })])
    expect(tail.unarchivedBytes - 2 * small).toBe(2_000)
    tail.archive(idOf(1))
    expect(tail.unarchivedBytes).toBe(small + 2_000)
    tail.archive(idOf(2))
    expect(tail.unarchivedBytes).toBe(0)
  })

  test('distinguishes entries of one millisecond', () => {
    const tail = tailWith()
    tail.take(said(1, 3).map((entry, n) => ({ ...entry, id: { ms: 9, n } })))
    expect(tail.archive({ ms: 9, n: 1 })).toEqual(new Map([['7', 2]]))
    expect(tail.unarchived).toBe(1)
  })
})

describe('memory', () => {
  test('drops the oldest that MySQL has, down to what it keeps', () => {
    const tail = tailWith({}, 3)
    tail.take(said(1, 10))
    expect(tail.length, 'MySQL has none of them').toBe(10)
    tail.archive(idOf(4))
    expect([tail.length, tail.first('7')]).toEqual([6, 5])
    tail.archive(idOf(10))
    expect([tail.length, tail.first('7')]).toEqual([3, 8])
    expect(tail.since('7', 6)).toBeUndefined()
    expect(seqs(tail.since('7', 7))).toEqual([8, 9, 10])
  })

  test('of a quiet room may become empty, and its numbers continue without a jump', () => {
    const tail = tailWith({}, 2)
    tail.take([message(1, { room: '8', ms: 1 }), ...said(1, 5)])
    tail.archive(idOf(5))
    expect([tail.head('8'), tail.first('8')]).toEqual([1, 2])
    expect(tail.since('8', 0)).toBeUndefined()
    expect(tail.take([message(2, { room: '8', ms: 5_000 })]).jumps).toEqual([])
    expect(seqs(tail.since('8', 1))).toEqual([2])
  })

  test('stays right over many thousands', () => {
    const tail = tailWith({}, 100)
    for (let from = 1; from <= 20_000; from += 500) {
      tail.take(said(from, from + 499))
      tail.archive(idOf(from + 399))
      expect([tail.length, tail.unarchived, tail.waitingSince]).toEqual([100, 100, idOf(from + 400).ms])
      expect(seqs(tail.since('7', from + 449))).toEqual(numbers(from + 450, from + 499))
      expect(seqs(tail.backwards('7', from + 403))).toEqual([from + 402, from + 401, from + 400])
    }
  })
})

/** Everything that was ever read, in one list. */
class Model {
  entries: Entry[] = []
  letGo = 0
  archived = 0
  reach = 0
  /** For each room the first number after its last jump. */
  readonly since = new Map<string, number>()
  readonly keep: number

  constructor(keep: number) {
    this.keep = keep
  }

  evict(): void {
    while (this.entries.length - this.letGo > this.keep && this.letGo < this.archived) this.letGo += 1
  }

  room(room: string): Entry[] {
    const from = this.since.get(room) ?? 0
    return this.entries.slice(this.letGo).filter((entry) => entry.room === room && entry.seq >= from)
  }

  head(room: string): number {
    return this.entries.findLast((entry) => entry.room === room)?.seq ?? 0
  }
}

test('whatever is read and archived, a tail has what a plain list would have', () => {
  const reading = fc.record({
    what: fc.constant('read' as const),
    entries: fc.array(
      fc.record({ room: fc.constantFrom('7', '8'), jump: fc.constantFrom(0, 0, 0, 0, 0, 2) }),
      { maxLength: 6 },
    ),
    again: fc.nat({ max: 3 }),
  })
  const archiving = fc.record({
    what: fc.constant('archive' as const),
    upTo: fc.double({ min: 0, max: 1.2, noNaN: true }),
  })
  const operations = fc.array(fc.oneof(reading, archiving), { maxLength: 40 })
  fc.assert(
    fc.property(operations, fc.integer({ min: 0, max: 8 }), (steps, keep) => {
      const tail = tailWith({}, keep)
      const model = new Model(keep)
      for (const step of steps) {
        if (step.what === 'read') {
          const fresh: Entry[] = []
          const jumps: Jump[] = []
          for (const { room, jump } of step.entries) {
            const head = [...model.entries, ...fresh].findLast((entry) => entry.room === room)?.seq ?? 0
            const seq = head + 1 + jump
            fresh.push(message(seq, { room, ms: model.entries.length + fresh.length + 1 }))
            if (jump === 0) continue
            jumps.push({ room, from: head + 1, to: seq - 1 })
            model.since.set(room, seq)
          }
          // Memory may be given again what is still in it.
          const again = model.entries.slice(Math.max(model.letGo, model.entries.length - step.again))
          const known = again.filter((entry) => model.room(entry.room).includes(entry))
          expect(tail.take([...known, ...fresh])).toEqual({ fresh, jumps })
          model.entries.push(...fresh)
        } else {
          const ms = Math.floor(model.entries.length * step.upTo)
          const news = new Map<string, number>()
          model.reach = Math.max(model.reach, ms)
          for (; (model.entries[model.archived]?.id.ms ?? Infinity) <= model.reach; model.archived += 1) {
            const entry = model.entries[model.archived] as Entry
            news.set(entry.room, entry.seq)
          }
          expect(tail.archive({ ms, n: 0 })).toEqual(news)
        }
        model.evict()

        expect(tail.length).toBe(model.entries.length - model.letGo)
        expect(tail.unarchived).toBe(model.entries.length - model.archived)
        expect(tail.waitingSince).toBe(model.entries[model.archived]?.id.ms)
        for (const room of ['7', '8']) {
          const kept = model.room(room).map(({ seq }) => seq)
          const head = model.head(room)
          const first = kept[0] ?? head + 1
          expect(tail.head(room)).toBe(head)
          expect(tail.first(room)).toBe(first)
          for (let seq = 0; seq <= head + 2; seq += 1) {
            const reaches = seq >= head || seq + 1 >= first
            expect(seqs(tail.since(room, seq))).toEqual(reaches ? kept.filter((one) => one > seq) : undefined)
            expect(seqs(tail.backwards(room, seq))).toEqual(kept.filter((one) => one < seq).reverse())
          }
        }
      }
    }),
  )
})

test('what comes after a place is given as far as memory reaches; below that it is in MySQL', () => {
  const tail = tailWith({}, 3)
  expect(tail.after(start, 9)).toEqual([])
  tail.take(said(1, 6))
  const after = (seq: number, max = 9) => {
    const found = tail.after(seq === 0 ? start : idOf(seq), max)
    return Array.isArray(found) ? seqs(found) : found
  }
  expect(after(2)).toEqual(numbers(3, 6))
  expect(after(2, 2)).toEqual([3, 4])
  expect(after(6)).toEqual([])
  tail.archive(idOf(6))
  // Memory keeps three: what is below them was let go of.
  const edge = tail.after(start, 9)
  if (Array.isArray(edge)) throw new Error('memory does not reach back to the beginning')
  expect(compareIds(edge.inMysqlTo, idOf(4))).toBeLessThan(0)
  expect(compareIds(edge.inMysqlTo, idOf(3))).toBeGreaterThanOrEqual(0)
  expect(seqs(tail.after(edge.inMysqlTo, 9) as Entry[])).toEqual([4, 5, 6])
})

test('what is archived before it is read is waited for; what MySQL had at the opening is not', () => {
  const tail = tailWith({ '7': 3 })
  tail.archive(idOf(3))
  tail.settle()
  expect(tail.after(start, 9)).toEqual({ inMysqlTo: idOf(3) })
  expect(tail.after(idOf(3), 9)).toEqual([])
  // Others have said 4 and 5, and sync has written them; none of it has come here, nor the new heads of rooms.
  tail.archive(idOf(5))
  expect(tail.after(idOf(3), 9)).toEqual([])
  tail.take(said(4, 5))
  const edge = tail.after(idOf(3), 9)
  const from = 'inMysqlTo' in edge ? edge.inMysqlTo : idOf(3)
  expect(compareIds(from, idOf(4))).toBeLessThan(0)
  expect(seqs(tail.after(from, 9) as Entry[])).toEqual([4, 5])
})
