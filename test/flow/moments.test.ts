// Finding a time in a room, and the number of messages over time: the same result as counting all, wherever memory
// begins.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeEntries } from '../../server/history/sync/archive.ts'
import { Moments } from '../../server/history/moments.ts'
import type { Entry } from '../../server/log/entry.ts'
import { Tail } from '../../server/log/tail.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Refusal } from '../../server/protocol/errors.ts'
import type { DensityAnswer, MomentAnswer } from '../../server/protocol/moments.ts'
import { Brook } from '../support/brook.ts'
import { change, message, notice } from '../support/entries.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let ann: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
})
afterAll(() => brook.stop())

const readable = <T extends object>(answer: T | Refusal): T => {
  if ('code' in answer) throw new Error(`refused: ${String(answer.code)}`)
  return answer
}

let room = 1_000

/** Entries whose times increase by these steps: mostly messages, some notices and reactions. */
function entriesOf(steps: readonly number[], from = 1_000): Entry[] {
  room += 1
  let ms = from
  return steps.map((step, index) => {
    const seq = index + 1
    const facts = { room: String(room), ms: (ms += step) }
    const body = { type: 'reacted', target: Math.max(1, seq - 1), emoji: '👍', on: true } as const
    const one = step % 7 === 3 ? notice(seq, { kind: 'joined' }, facts) : message(seq, facts)
    const entry = step % 7 === 5 ? change(seq, body, facts) : one
    const cid = newCid()
    return { ...entry, cid, event: 'cid' in entry.event ? { ...entry.event, cid } : entry.event }
  })
}

function momentsFrom(entries: readonly Entry[], edge: number): Moments {
  const tail = new Tail({ ms: 0, n: 0 }, new Map([[String(room), { seq: edge, at: null }]]))
  tail.take(entries.slice(edge))
  return new Moments(brook.db, { tail: () => tail })
}

const archive = (entries: readonly Entry[]): Promise<unknown> =>
  brook.db.transaction((tx) => writeEntries(tx, entries))

test('a time leads to the first message at or after it, from MySQL and from memory', async () => {
  const place = fc.integer({ min: 0, max: 300 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 300 }),
      place,
      fc.array(fc.integer({ min: 900, max: 9_000 }), { minLength: 1, maxLength: 8 }),
      async (steps, edge, times) => {
        const entries = entriesOf(steps)
        await archive(entries.slice(0, Math.max(edge, 0)))
        const moments = momentsFrom(entries, Math.min(edge, entries.length))
        for (const time of times) {
          const answer = readable(await moments.at(String(room), time))
          const first = entries.find(({ event }) => event.type === 'message' && event.at >= time)
          expect({ time, ...answer }).toEqual({
            time,
            seq: first?.seq ?? null,
            at: first?.event.at ?? null,
            head: entries.length,
          })
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('a million numbers are searched in a few statements', async () => {
  const statements: string[] = []
  const rows = async (sql: string, params: unknown[]): Promise<unknown[]> => {
    statements.push(sql)
    // A room of a million messages, one a second.
    return (params as (number | bigint)[])
      .flatMap((_, index, all) => (index % 4 === 0 ? [Number(all[index])] : []))
      .map((look) => ({ look, seq: look, at: look * 1_000 }))
  }
  const tail = new Tail({ ms: 0, n: 0 }, new Map([['5', { seq: 1_000_000, at: null }]]))
  const moments = new Moments({ rows } as never, { tail: () => tail })
  const answer = readable(await moments.at('5', 777_777_000))
  expect(answer.seq).toBe(777_777)
  expect(statements.length).toBeLessThanOrEqual(6)
})

test('months and days are in the reader’s zone, and imported messages count at their own time', async () => {
  const at = (text: string): number => new Date(text).getTime()
  const times = [
    '2025-11-30T15:30:00Z',
    '2025-11-30T16:30:00Z',
    '2026-01-01T00:30:00Z',
    '2026-01-02T12:00:00Z',
  ]
  room += 1
  const entries = times.map((time, index): Entry => {
    const entry = message(index + 1, { room: String(room), ms: at('2026-11-01T00:00:00Z') + index })
    const cid = newCid()
    return { ...entry, cid, event: { ...entry.event, cid, at: at(time) } as Entry['event'] }
  })
  await archive(entries)
  const moments = momentsFrom(entries, entries.length)
  const months = async (zone: string): Promise<[string, number, number][]> => {
    const { parts } = readable(await moments.density(String(room), { zone }))
    return parts.map(({ start, seq, count }) => [new Date(start).toISOString(), seq, count])
  }
  expect(await months('UTC')).toEqual([
    ['2025-11-01T00:00:00.000Z', 1, 2],
    ['2025-12-01T00:00:00.000Z', 3, 0],
    ['2026-01-01T00:00:00.000Z', 3, 2],
  ])
  expect(await months('Asia/Shanghai')).toEqual([
    ['2025-10-31T16:00:00.000Z', 1, 1],
    ['2025-11-30T16:00:00.000Z', 2, 1],
    ['2025-12-31T16:00:00.000Z', 3, 2],
  ])
  const { parts } = readable(await moments.density(String(room), { zone: 'UTC', month: '2026-01' }))
  expect(parts.length).toBe(31)
  expect(parts.filter(({ count }) => count > 0).map(({ start }) => new Date(start).getUTCDate())).toEqual([
    1, 2,
  ])
})

test('a day of 23 or 25 hours begins when its clocks say so', async () => {
  room += 1
  const entries = [message(1, { room: String(room), ms: Date.UTC(2026, 2, 30) })]
  const moments = momentsFrom(entries, 0)
  const { parts } = readable(await moments.density(String(room), { zone: 'Europe/Berlin', month: '2026-03' }))
  const [, hours29, hours30] = [27, 28, 29].map((day) => {
    const [from, to] = [parts[day]?.start ?? 0, parts[day + 1]?.start ?? 0]
    return (to - from) / 3_600_000
  })
  expect([hours29, hours30]).toEqual([23, 24])
})

test('the routes answer people who may read the room, and refuse an invalid zone or month', async () => {
  await ann.makes('moments')
  const { seq } = await ann.acked(ann.says('here'))
  await ann.hears('here')
  const at = await ann.ask<MomentAnswer>('GET', `/api/rooms/${ann.room}/at?time=0`)
  expect([at.status, at.body.seq]).toEqual([200, seq])
  const later = await ann.ask<MomentAnswer>('GET', `/api/rooms/${ann.room}/at?time=${Date.now() + 60_000}`)
  expect(later.body.seq).toBeNull()
  const path = `/api/rooms/${ann.room}/density`
  const { body } = await ann.ask<DensityAnswer>('GET', path)
  expect(body.parts.map(({ count }) => count)).toEqual([1])
  expect((await ann.ask('GET', `${path}?zone=Nowhere/Land`)).status).toBe(400)
  expect((await ann.ask('GET', `${path}?month=2026-13`)).status).toBe(400)
  const { id } = await ann.makes('closed', 'private')
  const bob = await brook.arrive('Bob')
  for (const of of ['at?time=0', 'density', 'export'])
    expect((await bob.ask('GET', `/api/rooms/${id}/${of}`)).status).toBe(404)
})
