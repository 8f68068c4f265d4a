// Single flight: who shares a read with whom, who never does, and what becomes of errors and of callers that give up.
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { SingleFlight, type Reader, type UnderWay } from '../../server/channel/single-flight.ts'
import { turn } from '../support/turn.ts'

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

const read = (key = 'k', reader?: Reader): Promise<string> =>
  flights.read(
    key,
    (flight) => new Promise<string>((answer, fail) => void asked.push({ flight, answer, fail })),
    reader,
  )

test('callers that ask while the same is being read share that read, however many they are', async () => {
  const readers = [read(), read('other')]
  for (let n = 0; n < 50; n += 1) {
    readers.push(read())
    await turn()
  }
  expect(asked).toHaveLength(2)
  for (const one of asked) one.answer('page')
  expect(new Set(await Promise.all(readers))).toEqual(new Set(['page']))
  expect(counts).toEqual({ read: 2, shared: 50 })
})

test('another version is another read, and does not wait for the older one', async () => {
  const old = read('k', { version: 1 })
  const readers = [read('k', { version: 2 }), read('k', { version: 2 })]
  await turn()
  expect(asked.map(({ flight }) => flight.isForgotten)).toEqual([true, false])
  asked[1]?.answer('new')
  expect(await Promise.all(readers)).toEqual(['new', 'new'])
  asked[0]?.answer('old')
  expect(await old).toBe('old')
  expect(counts).toEqual({ read: 2, shared: 1 })
})

test('an answer is not cached: a later caller reads again', async () => {
  for (const answer of ['one', 'two']) {
    const reader = read()
    await turn()
    asked.pop()?.answer(answer)
    expect(await reader).toBe(answer)
  }
  expect(counts).toEqual({ read: 2, shared: 0 })
})

test('an error reaches everybody who shares the read, and is not cached', async () => {
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

test('a read that throws before it waits is an error like any other', async () => {
  const bug = new TypeError('bug')
  const readers = [1, 2].map(() =>
    flights.read('k', () => {
      throw bug
    }),
  )
  for (const reader of readers) await expect(reader).rejects.toBe(bug)
})

test('a caller that gives up affects nobody else', async () => {
  const leaving = new AbortController()
  const [first, second] = [read('k', leaving), read()]
  await turn()
  leaving.abort(new Error('gave up'))
  await expect(first).rejects.toThrow('gave up')
  expect(asked[0]?.flight.signal.aborted).toBe(false)
  asked[0]?.answer('page')
  expect(await second).toBe('page')
})

test('when the last one has given up, the read is told, and nobody joins it', async () => {
  const leaving = new AbortController()
  const both = [read('k', leaving), read('k', leaving)]
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

test('a caller that gave up before asking reads nothing', async () => {
  await expect(read('k', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  expect(asked).toHaveLength(0)
})

test('a change here is forgotten: the read in progress knows, and nobody else shares it', async () => {
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

test('in whatever order things are written and read: with a version for each write, nobody reads what is older than their question', async () => {
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
      // The store answers with its content when the read begins, whenever the answer comes.
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
          const min = written
          readers.push(some.read(what.key, ask, { version: written }).then((seen) => seen >= min))
        }
      }
      for (const land of flying.splice(0)) land()
      expect(await Promise.all(readers)).not.toContain(false)
    }),
  )
})
