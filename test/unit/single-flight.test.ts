// Single flight: who shares a read with whom, who never does, and what becomes of errors and of who gives up.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SingleFlight, type UnderWay } from '../../server/channel/single-flight.ts'
import { isWaiting, turn } from '../support/turn.ts'

interface Asked {
  flight: UnderWay
  answer: (value: string) => void
  fail: (error: unknown) => void
}

let flights: SingleFlight
let asked: Asked[]
let counts: Record<string, number>

beforeEach(() => {
  asked = []
  counts = { read: 0, shared: 0 }
  flights = new SingleFlight('pages', (kind, outcome) => {
    expect(kind).toBe('pages')
    counts[outcome] = (counts[outcome] ?? 0) + 1
  })
})
afterEach(() => vi.useRealTimers())

const read = (key = 'k', signal?: AbortSignal): Promise<string> =>
  flights.read(
    key,
    (flight) => new Promise<string>((answer, fail) => void asked.push({ flight, answer, fail })),
    signal,
  )

test('who asks for the same at the same moment shares one read', async () => {
  const readers = [read(), read(), read('other'), read()]
  await turn()
  expect(asked).toHaveLength(2)
  for (const one of asked) one.answer('page')
  expect(await Promise.all(readers)).toEqual(['page', 'page', 'page', 'page'])
  expect(counts).toEqual({ read: 2, shared: 2 })
})

test('who asks while a read is under way shares the next, however many they are', async () => {
  const first = read()
  await turn()
  const others: Promise<string>[] = []
  for (let n = 0; n < 50; n += 1) {
    others.push(read())
    await turn()
  }
  expect(asked).toHaveLength(1)
  asked[0]?.answer('old')
  expect(await first).toBe('old')
  await turn()
  expect(asked).toHaveLength(2)
  asked[1]?.answer('new')
  expect(new Set(await Promise.all(others))).toEqual(new Set(['new']))
  expect(counts).toEqual({ read: 2, shared: 49 })
})

test('an answer is not kept: who asks after it asks anew', async () => {
  for (const answer of ['one', 'two']) {
    const reader = read()
    await turn()
    asked.pop()?.answer(answer)
    expect(await reader).toBe(answer)
  }
  expect(counts).toEqual({ read: 2, shared: 0 })
})

test('an error reaches everybody on the flight, and is not kept', async () => {
  const readers = [read(), read()]
  await turn()
  const gone = new Error('MySQL is away')
  asked[0]?.fail(gone)
  for (const reader of readers) await expect(reader).rejects.toBe(gone)
  const again = read()
  await turn()
  asked[1]?.answer('page')
  expect(await again).toBe('page')
})

test('a read that throws before it waits is an error as any other', async () => {
  const bug = new TypeError('bug')
  const readers = [1, 2].map(() =>
    flights.read('k', () => {
      throw bug
    }),
  )
  for (const reader of readers) await expect(reader).rejects.toBe(bug)
})

test('who gives up takes nobody along', async () => {
  const leaving = new AbortController()
  const [first, second] = [read('k', leaving.signal), read()]
  await turn()
  leaving.abort(new Error('gave up'))
  await expect(first).rejects.toThrow('gave up')
  expect(asked[0]?.flight.signal.aborted).toBe(false)
  asked[0]?.answer('page')
  expect(await second).toBe('page')
})

test('when the last has given up the read is told, and nobody boards it or waits for it', async () => {
  const leaving = new AbortController()
  const both = [read('k', leaving.signal), read('k', leaving.signal)]
  await turn()
  leaving.abort(new Error('gave up'))
  for (const reader of both) await expect(reader).rejects.toThrow('gave up')
  expect(asked[0]?.flight.signal.aborted).toBe(true)
  const later = read()
  await turn()
  expect(asked).toHaveLength(2)
  asked[0]?.answer('old')
  asked[1]?.answer('new')
  expect(await later).toBe('new')
})

test('a flight that everybody left before it began never begins', async () => {
  const first = read()
  await turn()
  const leaving = new AbortController()
  const second = read('k', leaving.signal)
  leaving.abort(new Error('gave up'))
  await expect(second).rejects.toThrow('gave up')
  asked[0]?.answer('page')
  await first
  await turn()
  expect(asked).toHaveLength(1)
  await expect(read('k', AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
  expect(asked).toHaveLength(1)
})

test('what has changed here is forgotten: the read under way knows, and the next does not wait for it', async () => {
  const first = read()
  await turn()
  flights.forget('k')
  expect(asked[0]?.flight.isForgotten).toBe(true)
  const second = read()
  await turn()
  expect(asked).toHaveLength(2)
  asked[1]?.answer('new')
  expect(await second).toBe('new')
  asked[0]?.answer('old')
  expect(await first).toBe('old')
  expect(asked[1]?.flight.isForgotten).toBe(false)
})

test('a read that hangs holds up the next for a second and no longer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const hanging = read()
  await turn()
  const second = read()
  await vi.advanceTimersByTimeAsync(999)
  await turn()
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  await turn()
  expect(asked).toHaveLength(2)
  asked[1]?.answer('page')
  expect(await second).toBe('page')
  expect(await isWaiting(hanging)).toBe(true)
  asked[0]?.answer('late')
  expect(await hanging).toBe('late')
  const third = read()
  await turn()
  asked[2]?.answer('third')
  expect(await third).toBe('third')
  expect(vi.getTimerCount()).toBe(0)
})

test('whatever is written and read in whatever order: nobody reads less than what was written before they asked', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('read' as const), key: fc.constantFrom('a', 'b') }),
    fc.record({ do: fc.constant('write' as const) }),
    fc.record({ do: fc.constant('turn' as const) }),
    fc.record({ do: fc.constant('land' as const), which: fc.nat(5) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const some = new SingleFlight('numbers')
      let written = 0
      const flying: (() => void)[] = []
      // The store answers with what stands in it when the read begins, whenever the answer comes.
      const ask = (): Promise<number> => {
        const seen = written
        return new Promise((resolve) => void flying.push(() => resolve(seen)))
      }
      const readers: Promise<boolean>[] = []
      for (const what of steps) {
        if (what.do === 'write') written += 1
        else if (what.do === 'turn') await turn()
        else if (what.do === 'land') flying.splice(what.which % Math.max(1, flying.length), 1)[0]?.()
        else {
          const least = written
          readers.push(some.read(what.key, ask).then((seen) => seen >= least))
        }
      }
      for (let left = 0; left < 3; left += 1) {
        await turn()
        for (const land of flying.splice(0)) land()
      }
      expect(await Promise.all(readers)).not.toContain(false)
    }),
  )
})
