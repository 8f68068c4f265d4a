// Answers of MySQL, cached for when it is down: when it is asked, when the old answer is used, and when not.
import { beforeEach, expect, test } from 'vitest'
import { StaleCache } from '../../server/stale-cache.ts'
import type { Cache } from '../../server/redis/cache.ts'
import { turn } from '../support/turn.ts'

const lost = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })
const always = { ttlMs: 60_000 }
const fresh = { ttlMs: 60_000, freshForMs: 10_000 }

let store: Map<string, string>
let drops: Map<string, number>
let writes: number
let isAway: boolean
let now: number
let kept: StaleCache

beforeEach(() => {
  store = new Map()
  drops = new Map()
  writes = 0
  isAway = false
  now = 1_000_000
  kept = new StaleCache(cache, { kind: 'test', now: () => now })
})

/** Shared by all processes. */
const cache: Cache = {
  get: async (key) => store.get(key),
  version: async (key) => drops.get(key)?.toString(),
  set: async (key, value, _ttlMs, version) => {
    if (isAway) return false
    writes += 1
    if (drops.get(key)?.toString() !== version) return true
    if (value === undefined) store.delete(key)
    else store.set(key, value)
    return true
  },
  drop: async (key) => {
    drops.set(key, (drops.get(key) ?? 0) + 1)
    store.delete(key)
    return true
  },
  count: async () => undefined,
  uncount: async () => undefined,
  counted: async () => undefined,
}

const says = (value: unknown) => async (): Promise<unknown> => value
const fails = (error: unknown) => (): Promise<never> => Promise.reject(error)

test('MySQL is asked each time, and its last answer is used while it is down', async () => {
  expect(await kept.read('k', always, says(1))).toBe(1)
  expect(await kept.read('k', always, says(2))).toBe(2)
  expect(await kept.read('k', always, fails(lost))).toBe(2)
})

test('just lost, it is not asked again at once; after a while it is', async () => {
  await kept.read('k', always, says(1))
  await kept.read('k', always, fails(lost))
  expect(await kept.read('k', always, says(2))).toBe(1)
  now += 5_000
  expect(await kept.read('k', always, says(2))).toBe(2)
})

test('what is not cached is asked for even so', async () => {
  await kept.read('k', always, says(1))
  await kept.read('k', always, fails(lost))
  expect(await kept.read('other', always, says(3))).toBe(3)
})

test('if nothing is cached, the loss is reported', async () => {
  await expect(kept.read('k', always, fails(lost))).rejects.toBe(lost)
})

test('our own bug is never covered by an old answer', async () => {
  await kept.read('k', always, says(1))
  const bug = new TypeError('bug')
  await expect(kept.read('k', always, fails(bug))).rejects.toBe(bug)
})

test('a fresh answer is used without asking until it is stale', async () => {
  await kept.read('k', fresh, says(1))
  expect(await kept.read('k', fresh, says(2))).toBe(1)
  now += 10_000
  expect(await kept.read('k', fresh, says(2))).toBe(2)
})

test('a cached answer is written again only occasionally, if it differs, and after a drop anywhere', async () => {
  const elsewhere = new StaleCache(cache, { kind: 'test', now: () => now })
  const written = async (value: unknown, from = kept): Promise<number> => {
    await from.read('k', always, says(value))
    return writes
  }
  expect(await written({ a: 1 })).toBe(1)
  expect(await written({ a: 1 })).toBe(1)
  expect(await written({ a: 2 })).toBe(2)
  await elsewhere.drop('k')
  expect(await written({ a: 2 })).toBe(3)
  now += 300_000
  expect(await written({ a: 2 })).toBe(4)
  await elsewhere.drop('k')
  isAway = true
  expect(await written({ a: 2 })).toBe(4)
  isAway = false
  expect(await written({ a: 2 }), 'what could not be told is told').toBe(5)
})

test('a limited number of writes is remembered', async () => {
  for (let n = 0; n <= 10_000; n += 1) await kept.read(`k${n}`, always, says(n))
  expect(writes).toBe(10_001)
  await kept.read('k10000', always, says(10_000))
  expect(writes).toBe(10_001)
  await kept.read('k0', always, says(0))
  expect(writes, 'the oldest is not').toBe(10_002)
})

test('what no longer exists is not cached, and its old entry is dropped', async () => {
  await kept.read('k', fresh, says(1))
  now += 10_000
  expect(await kept.read('k', fresh, says(undefined))).toBeUndefined()
  expect(store.size).toBe(0)
})

test('equal reads at once are one', async () => {
  let asked = 0
  const ask = async (): Promise<number> => (asked += 1)
  expect(await Promise.all([kept.read('k', always, ask), kept.read('k', always, ask)])).toEqual([1, 1])
})

test('an answer from before a change is not cached after it, and later readers get the new one', async () => {
  let answer: (value: string) => void = () => undefined
  const before = kept.read('k', always, () => new Promise<string>((resolve) => (answer = resolve)))
  await turn()
  await kept.drop('k')
  expect(await kept.read('k', always, says('new'))).toBe('new')
  answer('old')
  expect(await before).toBe('old')
  expect(await kept.read('k', always, fails(lost))).toBe('new')
})

test('an answer from before another process dropped it is not cached, nor shared by later readers', async () => {
  const elsewhere = new StaleCache(cache, { kind: 'test', now: () => now })
  let answer: (value: string) => void = () => undefined
  const before = kept.read('k', always, () => new Promise<string>((resolve) => (answer = resolve)))
  await turn()
  await elsewhere.drop('k')
  expect(await kept.read('k', always, says('new'))).toBe('new')
  answer('old')
  expect(await before).toBe('old')
  expect(await kept.read('k', always, fails(lost))).toBe('new')
})
