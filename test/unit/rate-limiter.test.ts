// How often somebody may do something: buckets in memory, windows in Redis, and what counts as one address.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressKey, RateLimiter, SharedRateLimiter } from '../../server/rate-limiter.ts'
import type { Cache } from '../../server/redis/cache.ts'

const rate = { burst: 3, per: 2, everyMs: 1_000 }

function clocked(options: { maxKeys?: number; lifted?: boolean } = {}) {
  const clock = { now: 1_000_000 }
  return { clock, pace: new RateLimiter(rate, { now: () => clock.now, ...options }) }
}
const takes = (pace: RateLimiter, key: string, times: number): number[] =>
  Array.from({ length: times }, () => pace.take(key))

describe('a rate', () => {
  test('lets a burst through, then says how long to wait', () => {
    const { clock, pace } = clocked()
    expect(takes(pace, 'ann', 5)).toEqual([0, 0, 0, 500, 500])
    clock.now += 499
    expect(pace.take('ann')).toBe(1)
    clock.now += 1
    expect(takes(pace, 'ann', 2)).toEqual([0, 500])
  })

  test('a refused attempt costs nothing, so waiting as told is enough', () => {
    const { clock, pace } = clocked()
    takes(pace, 'ann', 100)
    clock.now += pace.take('ann')
    expect(pace.take('ann')).toBe(0)
  })

  test('saves up no more than a burst, however long the pause', () => {
    const { clock, pace } = clocked()
    pace.take('ann')
    clock.now += 3_600_000
    expect(takes(pace, 'ann', 4)).toEqual([0, 0, 0, 500])
  })

  test('counts each key for itself', () => {
    const { pace } = clocked()
    takes(pace, 'ann', 4)
    expect(pace.take('bob')).toBe(0)
  })

  test('never lets more through than the burst and what was added since', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 200 }), (pauses) => {
        const { clock, pace } = clocked()
        const began = clock.now
        let through = 0
        for (const pauseMs of pauses) {
          clock.now += pauseMs
          if (pace.take('ann') === 0) through += 1
          expect(through).toBeLessThanOrEqual(rate.burst + ((clock.now - began) * rate.per) / rate.everyMs)
        }
      }),
    )
  })

  test('forgets somebody idle once their bucket is full again', () => {
    const { clock, pace } = clocked()
    for (let n = 0; n < 100; n += 1) pace.take(`key ${n}`)
    expect(pace.size).toBe(100)
    clock.now += 1_500
    pace.take('ann')
    expect(pace.size).toBe(1)
  })

  test('remembers a limited number of keys, and forgets the least recently used one', () => {
    const { pace } = clocked({ maxKeys: 3 })
    takes(pace, 'ann', 3)
    takes(pace, 'bob', 3)
    takes(pace, 'cid', 3)
    expect(pace.take('ann')).toBe(500)
    pace.take('dan')
    expect(pace.size).toBe(3)
    expect(pace.take('ann')).toBe(500)
    expect(pace.take('bob')).toBe(0)
  })

  test('lifted, allows everything and remembers nothing', () => {
    const { pace } = clocked({ lifted: true })
    expect(Math.max(...takes(pace, 'ann', 100))).toBe(0)
    expect(pace.size).toBe(0)
  })
})

describe('a shared rate', () => {
  /** The answers of a Redis in which all processes count; undefined: it is down. */
  const counting = (answer: () => { count: number; endsInMs: number } | undefined): Cache => ({
    get: async () => undefined,
    set: async () => true,
    drop: async () => true,
    version: async () => undefined,
    count: async () => answer(),
    uncount: async () => undefined,
    counted: async () => answer(),
  })

  test('lets the burst of a window through, then waits for its end', async () => {
    let count = 0
    const pace = new SharedRateLimiter(
      'test',
      rate,
      counting(() => ({ count: (count += 1), endsInMs: 900 })),
      { now: () => 1_000_000 },
    )
    const waits = []
    for (let n = 0; n < 5; n += 1) waits.push(await pace.take('ann'))
    expect(waits).toEqual([0, 0, 0, 900, 900])
  })

  test('counts alone while Redis is down', async () => {
    const pace = new SharedRateLimiter(
      'test',
      rate,
      counting(() => undefined),
      { now: () => 1_000_000 },
    )
    const waits = []
    for (let n = 0; n < 5; n += 1) waits.push(await pace.take('ann'))
    expect(waits).toEqual([0, 0, 0, 500, 500])
  })

  test('lifted, asks nobody', async () => {
    const pace = new SharedRateLimiter(
      'test',
      rate,
      counting(() => ({ count: 100, endsInMs: 900 })),
      { lifted: true },
    )
    expect(await pace.take('ann')).toBe(0)
  })
})

test('whoever has used up a shared rate is refused until its window ends, and the store is not asked again', async () => {
  let [now, asked] = [0, 0]
  const cache = { count: async () => ({ count: (asked += 1), endsInMs: 60_000 }) }
  const options = { now: () => now, maxKeys: 1 }
  const pace = new SharedRateLimiter(
    'guesses',
    { burst: 2, per: 2, everyMs: 60_000 },
    cache as never,
    options,
  )
  const took: number[] = []
  for (let times = 0; times < 5; times += 1) took.push(await pace.take('ann'))
  expect([took, asked]).toEqual([[0, 0, 60_000, 60_000, 60_000], 3])
  now = 59_999
  expect(await pace.take('ann')).toBe(1)
  now = 60_000
  await pace.take('ann')
  expect(asked).toBe(4)
  await pace.take('bob')
  await pace.take('ann')
  expect(asked, 'of many keys only the newest are remembered').toBe(6)
})

describe('an address counts', () => {
  test('by itself if it is IPv4, even inside IPv6', () => {
    expect(addressKey('192.0.2.7')).toBe('192.0.2.7')
    expect(addressKey('::ffff:192.0.2.7')).toBe('192.0.2.7')
    expect(addressKey('192.0.2.8')).not.toBe(addressKey('192.0.2.7'))
  })

  test('by its first 64 bits if it is IPv6, however it is written', () => {
    const same = [
      '2001:db8:0:1::1',
      '2001:DB8::1:ffff:2:3:4',
      '2001:0db8:0000:0001:0:0:0:9',
      '2001:db8:0:1::1.2.3.4',
    ]
    expect(new Set(same.map(addressKey))).toEqual(new Set(['2001:db8:0:1::/64']))
    expect(addressKey('2001:db8:0:2::1')).not.toBe(addressKey('2001:db8:0:1::1'))
    expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(addressKey('::1')).toBe('0:0:0:0::/64')
  })

  test('as it is if it is not an address', () => {
    expect(addressKey('unix')).toBe('unix')
  })
})
