// How often somebody may: buckets in memory, windows in Redis, and what counts as one address.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressKey, Pace, SharedPace } from '../../server/pace.ts'
import type { Cache } from '../../server/redis.ts'

const rate = { burst: 3, per: 2, everyMs: 1_000 }

function clocked(options: { mostKeys?: number; lifted?: boolean } = {}) {
  const clock = { now: 1_000_000 }
  return { clock, pace: new Pace(rate, { now: () => clock.now, ...options }) }
}
const takes = (pace: Pace, key: string, times: number): number[] =>
  Array.from({ length: times }, () => pace.take(key))

describe('a pace', () => {
  test('lets a burst through, then says how long to wait', () => {
    const { clock, pace } = clocked()
    expect(takes(pace, 'ann', 5)).toEqual([0, 0, 0, 500, 500])
    clock.now += 499
    expect(pace.take('ann')).toBe(1)
    clock.now += 1
    expect(takes(pace, 'ann', 2)).toEqual([0, 500])
  })

  test('a refused try costs nothing, so waiting as told is enough', () => {
    const { clock, pace } = clocked()
    takes(pace, 'ann', 100)
    clock.now += pace.take('ann')
    expect(pace.take('ann')).toBe(0)
  })

  test('saves up no more than a burst, however long the rest', () => {
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

  test('never lets more through than the burst and what came in since', () => {
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

  test('forgets who has been idle until their bucket is full again', () => {
    const { clock, pace } = clocked()
    for (let n = 0; n < 100; n += 1) pace.take(`key ${n}`)
    expect(pace.size).toBe(100)
    clock.now += 1_500
    pace.take('ann')
    expect(pace.size).toBe(1)
  })

  test('remembers so many keys and no more, and forgets the one longest unused', () => {
    const { pace } = clocked({ mostKeys: 3 })
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

describe('a shared pace', () => {
  /** What a Redis says that all processes count in; undefined: it is away. */
  const counting = (answer: () => { count: number; endsInMs: number } | undefined): Cache => ({
    get: async () => undefined,
    set: async () => true,
    drop: async () => true,
    version: async () => undefined,
    count: async () => answer(),
  })

  test('lets the burst of a window through, then waits for its end', async () => {
    let count = 0
    const pace = new SharedPace(
      'test',
      rate,
      counting(() => ({ count: (count += 1), endsInMs: 900 })),
    )
    const waits = []
    for (let n = 0; n < 5; n += 1) waits.push(await pace.take('ann'))
    expect(waits).toEqual([0, 0, 0, 900, 900])
  })

  test('counts alone while Redis is away', async () => {
    const pace = new SharedPace(
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
    const pace = new SharedPace(
      'test',
      rate,
      counting(() => ({ count: 100, endsInMs: 900 })),
      { lifted: true },
    )
    expect(await pace.take('ann')).toBe(0)
  })
})

describe('an address counts', () => {
  test('by itself when it is IPv4, also where IPv6 carries it', () => {
    expect(addressKey('192.0.2.7')).toBe('192.0.2.7')
    expect(addressKey('::ffff:192.0.2.7')).toBe('192.0.2.7')
    expect(addressKey('192.0.2.8')).not.toBe(addressKey('192.0.2.7'))
  })

  test('by its first 64 bits when it is IPv6, however it is written', () => {
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

  test('as it is when it is no address', () => {
    expect(addressKey('unix')).toBe('unix')
  })
})
