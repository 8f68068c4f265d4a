// Keyed batches: when a batch is flushed, what becomes of a failed one, what is full, and what closing does.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ChannelClosed } from '../../server/channel/channel.ts'
import { KeyedBatches, type KeyedBatchesOptions } from '../../server/channel/keyed-batches.ts'
import { isWaiting, turn } from '../support/turn.ts'

type Options = Partial<KeyedBatchesOptions<string, number>>

/** Batches whose flushes are recorded in `flushed`; `gates`: each flush waits there until the test answers it. */
class Fixture {
  readonly flushed: [string, number[]][] = []
  readonly gates: { open: (left?: number[]) => void; fail: () => void }[] = []
  readonly errors: unknown[] = []
  readonly batches: KeyedBatches<string, number>
  readonly #hasGates: boolean
  underWay = new Map<string, number>()

  constructor(options: Options = {}, how: 'gates' | 'at once' = 'at once') {
    this.#hasGates = how === 'gates'
    this.batches = new KeyedBatches<string, number>({
      flush: (key, values) => this.#flush(key, values),
      onError: (error) => this.errors.push(error),
      ...options,
    })
  }

  async #flush(key: string, values: number[]): Promise<number[]> {
    this.flushed.push([key, values])
    expect(this.underWay.get(key) ?? 0, 'flushes of one key at a time').toBe(0)
    this.underWay.set(key, 1)
    try {
      if (!this.#hasGates) return []
      return await new Promise<number[]>((resolve, reject) => {
        this.gates.push({
          open: (left = []) => resolve(left),
          fail: () => reject(new Error('MySQL is away')),
        })
      })
    } finally {
      this.underWay.set(key, 0)
    }
  }

  async adds(key: string, ...values: number[]): Promise<void> {
    for (const value of values) expect(this.batches.tryAdd(key, value)).toBe(true)
    await turn()
  }

  get values(): number[][] {
    return this.flushed.map(([, values]) => values)
  }
}

const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms)
  await turn()
}
const some = (count: number, from = 0): number[] => Array.from({ length: count }, (_, n) => n + from)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a batch', () => {
  test('is flushed at ten values', async () => {
    const fixture = new Fixture()
    await fixture.adds('a', ...some(9))
    expect(fixture.flushed).toEqual([])
    await fixture.adds('a', 9)
    expect(fixture.flushed).toEqual([['a', some(10)]])
  })

  test('is flushed ten seconds after its first value, however many have come since', async () => {
    const fixture = new Fixture()
    await fixture.adds('a', 1)
    await pass(9_000)
    await fixture.adds('a', 2)
    await pass(999)
    expect(fixture.flushed).toEqual([])
    await pass(1)
    expect(fixture.flushed).toEqual([['a', [1, 2]]])
  })

  test('is flushed as its settings say', async () => {
    const fixture = new Fixture({ max: 2, waitMs: 100 })
    await fixture.adds('a', 1, 2, 3)
    expect(fixture.values).toEqual([[1, 2]])
    await pass(100)
    expect(fixture.values).toEqual([[1, 2], [3]])
  })

  test('knows nothing of another key', async () => {
    const fixture = new Fixture({ max: 2 })
    await fixture.adds('a', 1)
    await fixture.adds('b', 2)
    await fixture.adds('a', 3)
    expect(fixture.flushed).toEqual([['a', [1, 3]]])
    expect(fixture.batches.keys).toBe(1)
  })

  test('that is empty is dropped with its key, and created again when a value comes', async () => {
    const fixture = new Fixture()
    for (const round of [1, 2]) {
      await fixture.adds('a', round)
      expect([fixture.batches.keys, fixture.batches.waiting]).toEqual([1, 1])
      await pass(10_000)
      expect([fixture.batches.keys, fixture.batches.waiting]).toEqual([0, 0])
    }
    expect(fixture.values).toEqual([[1], [2]])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is flushed by one at a time: later values wait from their own arrival', async () => {
    const fixture = new Fixture({ max: 2 }, 'gates')
    await fixture.adds('a', 1, 2)
    await fixture.adds('a', 3, 4, 5)
    expect(fixture.values).toEqual([[1, 2]])
    await pass(9_000)
    fixture.gates[0]?.open()
    await turn()
    expect(fixture.values).toEqual([
      [1, 2],
      [3, 4],
    ])
    fixture.gates[1]?.open()
    await pass(999)
    expect(fixture.flushed).toHaveLength(2)
    await pass(1)
    expect(fixture.values[2]).toEqual([5])
  })

  test('merges equal values, which count once and keep the time of the first', async () => {
    const fixture = new Fixture({ max: 2, same: { of: (value) => value % 10, merge: Math.max } })
    await fixture.adds('a', 1, 21, 11)
    expect([fixture.batches.counts.values, fixture.batches.counts.merged]).toEqual([3, 2])
    await pass(9_999)
    await fixture.adds('a', 31)
    expect(fixture.flushed).toEqual([])
    await pass(1)
    expect(fixture.values).toEqual([[31]])
  })

  test('counts from the first of equal values even if that came during a flush', async () => {
    const slow = new Fixture({ max: 2, same: { of: (value) => value % 10, merge: Math.max } }, 'gates')
    await slow.adds('a', 1, 2)
    await slow.adds('a', 3)
    await pass(6_000)
    await slow.adds('a', 13)
    slow.gates[0]?.open()
    await pass(4_000)
    expect(slow.values).toEqual([[1, 2], [13]])
  })

  test('keeps what its flush returns for the next', async () => {
    const fixture = new Fixture({}, 'gates')
    await fixture.adds('a', 1, 2, 3)
    await pass(10_000)
    fixture.gates[0]?.open([2])
    await pass(9_999)
    expect([fixture.flushed.length, fixture.batches.waiting]).toEqual([1, 1])
    await pass(1)
    expect(fixture.values).toEqual([[1, 2, 3], [2]])
  })
})

describe('a flush that fails', () => {
  test('keeps the values in front of later ones, and is retried after a pause that grows, with jitter', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0)
    const fixture = new Fixture({ max: 2, retryMs: { first: 1_000, max: 3_000 } }, 'gates')
    await fixture.adds('a', 1, 2)
    await fixture.adds('a', 3)
    const fails = async (nth: number, pauseMs: number): Promise<void> => {
      expect(fixture.flushed).toHaveLength(nth)
      fixture.gates[nth - 1]?.fail()
      await pass(pauseMs - 1)
      expect(fixture.flushed, 'before the pause is over').toHaveLength(nth)
      await pass(1)
      expect(fixture.values[nth]).toEqual([1, 2])
    }
    await fails(1, 500)
    random.mockReturnValue(0.5)
    await fails(2, 1_500)
    random.mockReturnValue(1)
    await fails(3, 3_000)
    await fails(4, 3_000)
    expect(fixture.errors).toHaveLength(4)
    expect(fixture.batches.counts).toMatchObject({ flushes: 5, retries: 4 })
    fixture.gates[4]?.open()
    await pass(10_000)
    expect(fixture.values[5]).toEqual([3])
  })

  test('that throws at once is the same as one that rejects later', async () => {
    let isAway = true
    const flush = vi.fn(() => {
      if (isAway) throw new Error('no connection')
      return Promise.resolve([])
    })
    const batches = new KeyedBatches<string, number>({ flush, max: 1 })
    batches.tryAdd('a', 1)
    await turn()
    expect([batches.waiting, batches.counts.retries]).toEqual([1, 1])
    isAway = false
    await pass(500)
    expect(flush.mock.calls).toEqual([
      ['a', [1]],
      ['a', [1]],
    ])
    expect(batches.keys).toBe(0)
  })

  test('merges with equal values that came meanwhile', async () => {
    const fixture = new Fixture({ max: 1, same: { of: () => 'one', merge: Math.max } }, 'gates')
    await fixture.adds('a', 5)
    await fixture.adds('a', 3)
    fixture.gates[0]?.fail()
    await fixture.adds('a', 7)
    await pass(500)
    expect(fixture.values).toEqual([[5], [7]])
  })
})

describe('what is full', () => {
  /** Two are being flushed, three are held, and two are in the channel. */
  const filled = async (options: Options = {}): Promise<Fixture> => {
    const fixture = new Fixture({ max: 2, held: 5, capacity: 2, ...options }, 'gates')
    await fixture.adds('a', 1, 2)
    await fixture.adds('a', 3, 4)
    await fixture.adds('a', 5)
    await fixture.adds('a', 6, 7)
    expect(fixture.batches.waiting).toBe(7)
    return fixture
  }

  test('a batch takes no more than it may hold: tryAdd says so, and no accepted value is lost', async () => {
    const fixture = await filled()
    expect(fixture.batches.tryAdd('a', 8)).toBe(false)
    expect(fixture.batches.counts).toMatchObject({ values: 7, refused: 1 })
    fixture.gates[0]?.fail()
    await pass(500)
    expect(fixture.batches.tryAdd('a', 8), 'a failure makes no room').toBe(false)
    for (let nth = 1; nth < 4; nth += 1) {
      fixture.gates[nth]?.open()
      await pass(10_000)
    }
    expect(fixture.values).toEqual([[1, 2], [1, 2], [3, 4], [5, 6], [7]])
  })

  test('a value in the channel of an otherwise empty batch is not forgotten', async () => {
    const fixture = new Fixture({ max: 2, held: 2, capacity: 2 }, 'gates')
    await fixture.adds('a', 1, 2)
    await fixture.adds('a', 3, 4)
    fixture.gates[0]?.open()
    await turn()
    expect(fixture.values).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('two who wait for the same new key take one place', async () => {
    const fixture = new Fixture({ keys: 2 })
    await fixture.adds('a', 1)
    await fixture.adds('c', 2)
    const waiting = [fixture.batches.add('b', 3), fixture.batches.add('b', 4)]
    await pass(10_000)
    await Promise.all(waiting)
    expect(fixture.batches.keys).toBe(1)
    expect(fixture.batches.tryAdd('d', 5), 'the second place is free').toBe(true)
  })

  test('add waits for a place, and a signal ends that', async () => {
    const fixture = await filled()
    const leaving = new AbortController()
    const [first, second] = [fixture.batches.add('a', 8, leaving.signal), fixture.batches.add('a', 9)]
    expect(await isWaiting(second)).toBe(true)
    leaving.abort(new Error('gave up'))
    await expect(first).rejects.toThrow('gave up')
    fixture.gates[0]?.open()
    await second
    for (let nth = 1; nth < 4; nth += 1) {
      await pass(10_000)
      fixture.gates[nth]?.open()
    }
    await turn()
    expect(fixture.values.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 9])
  })

  test('the number of keys is limited: a new one is refused or waits until another is dropped', async () => {
    const fixture = new Fixture({ keys: 1 })
    await fixture.adds('a', 1)
    expect(fixture.batches.tryAdd('b', 2)).toBe(false)
    expect(fixture.batches.tryAdd('a', 3), 'a known key goes on').toBe(true)
    const leaving = new AbortController()
    const gaveUp = fixture.batches.add('b', 4, leaving.signal)
    const waiting = [fixture.batches.add('b', 5), fixture.batches.add('b', 6)]
    expect(await isWaiting(Promise.race(waiting))).toBe(true)
    leaving.abort(new Error('gave up'))
    await expect(gaveUp).rejects.toThrow('gave up')
    await pass(10_000)
    await waiting[0]
    expect(fixture.batches.keys).toBe(1)
    await pass(10_000)
    await waiting[1]
    await pass(10_000)
    expect(fixture.flushed.map(([key]) => key)).toEqual(['a', 'b', 'b'])
    expect(fixture.values.flat()).toEqual([1, 3, 5, 6])
    expect(fixture.batches.keys).toBe(0)
  })

  test('a batch that may hold less than a flush takes is refused', () => {
    expect(() => new Fixture({ max: 10, held: 9 })).toThrow(RangeError)
  })
})

describe('closing', () => {
  test('flushes everything at once, even incomplete batches, and accepts no more', async () => {
    const fixture = new Fixture({ max: 4 })
    await fixture.adds('a', 1, 2)
    fixture.batches.tryAdd('b', 3)
    expect(await fixture.batches.close()).toBe(0)
    expect(fixture.flushed.sort()).toEqual([
      ['a', [1, 2]],
      ['b', [3]],
    ])
    expect(fixture.batches.tryAdd('a', 4)).toBe(false)
    await expect(fixture.batches.add('a', 4)).rejects.toBeInstanceOf(ChannelClosed)
    await expect(fixture.batches.add('c', 4)).rejects.toBeInstanceOf(ChannelClosed)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('waits for the flush in progress, then flushes the rest', async () => {
    const fixture = new Fixture({ max: 2 }, 'gates')
    await fixture.adds('a', 1, 2)
    await fixture.adds('a', 3, 4, 5)
    const closing = fixture.batches.close()
    expect(fixture.batches.tryAdd('a', 6), 'closing takes no more').toBe(false)
    for (const nth of [0, 1, 2]) {
      expect(await isWaiting(closing)).toBe(true)
      fixture.gates[nth]?.open()
    }
    expect(await closing).toBe(0)
    expect(fixture.values).toEqual([[1, 2], [3, 4], [5]])
  })

  test('does not wait out a pause, retries meanwhile, and ends in time with a count of what is lost', async () => {
    const fixture = new Fixture({ max: 2, retryMs: { first: 1_000, max: 60_000 } }, 'gates')
    await fixture.adds('a', 1, 2, 3)
    fixture.gates[0]?.fail()
    await turn()
    const closing = fixture.batches.close(4_000)
    await turn()
    expect(fixture.flushed, 'the pause is cut short').toHaveLength(2)
    fixture.gates[1]?.fail()
    await pass(2_000)
    expect(fixture.flushed).toHaveLength(3)
    await pass(2_000)
    expect(await closing).toBe(3)
    expect(fixture.batches.counts.lost).toBe(3)
    fixture.gates[2]?.fail()
    await turn()
    expect([vi.getTimerCount(), fixture.batches.keys]).toEqual([0, 0])
  })

  test('does not spin for ever over values that a flush returns', async () => {
    const flush = vi.fn((_key: string, values: number[]) => Promise.resolve(values))
    const batches = new KeyedBatches<string, number>({ flush })
    batches.tryAdd('a', 1)
    await turn()
    const closing = batches.close(4_000)
    await pass(4_000)
    expect(await closing).toBe(1)
    expect(flush.mock.calls.length).toBeLessThan(20)
  })

  test('ends all waits for a place', async () => {
    const fixture = new Fixture({ keys: 1, held: 10, capacity: 1 }, 'gates')
    await fixture.adds('a', ...some(1))
    const waiting = fixture.batches.add('b', 1)
    const closing = fixture.batches.close()
    await expect(waiting).rejects.toBeInstanceOf(ChannelClosed)
    fixture.gates[0]?.open()
    expect(await closing).toBe(0)
  })
})

test('whatever comes, in whatever order, and however flushes go: each accepted value is flushed once, in order', async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(12_000) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('answer' as const), well: fc.boolean() }) },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.record({ max: fc.integer({ min: 1, max: 4 }), keys: fc.integer({ min: 1, max: 3 }) }),
      async (steps, { max, keys }) => {
        const done = new Map<string, number[]>()
        const taken = new Map<string, number[]>()
        const answers: ((well: boolean) => void)[] = []
        let isAnswering = false
        const batches = new KeyedBatches<string, number>({
          max,
          keys,
          held: max + 1,
          capacity: 2,
          flush: (key, values) =>
            new Promise((resolve, reject) => {
              expect(values.length).toBeLessThanOrEqual(max)
              const answer = (well: boolean): void => {
                if (!well) return reject(new Error('away'))
                done.set(key, [...(done.get(key) ?? []), ...values])
                resolve([])
              }
              if (isAnswering) answer(true)
              else answers.push(answer)
            }),
        })
        for (const [number, what] of steps.entries()) {
          if (what.do === 'pass') await pass(what.ms)
          else if (what.do === 'answer') answers.shift()?.(what.well)
          else if (batches.tryAdd(what.key, number))
            taken.set(what.key, [...(taken.get(what.key) ?? []), number])
          await turn()
          expect(batches.keys).toBeLessThanOrEqual(keys)
          expect(batches.waiting).toBeLessThanOrEqual(keys * (max + 3))
        }
        isAnswering = true
        const closing = batches.close()
        for (const answer of answers) answer(true)
        expect(await closing).toBe(0)
        expect(done).toEqual(taken)
      },
    ),
    { numRuns: 100 },
  )
})
