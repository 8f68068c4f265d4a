// Whatever touches several keys at once stays in one slot: in a cluster it would be refused otherwise.
import { expect, test } from 'vitest'
import { keysOf } from '../../server/log/keys.ts'
import { redisCache } from '../../server/redis/cache.ts'
import type { Redis } from '../../server/redis/client.ts'
import { commonPrefix, rpcTag, shardTag, slotOf } from '../../server/redis/slots.ts'
import { announcedKey, callKey, channelPrefix, queueKey, workersKey } from '../../server/rpc/keys.ts'

test.each([
  ['123456789', 12_739],
  ['foo', 12_182],
  ['{user1000}.following', slotOf('user1000')],
  ['foo{}{bar}', 8_363],
  ['foo{{bar}}zap', slotOf('{bar')],
  ['foo{bar}{zap}', slotOf('bar')],
  ['', 0],
])('the slot of %s is as Redis has it', (key, slot) => {
  expect(slotOf(key)).toBe(slot)
})

const slotsOf = (keys: readonly string[]): number[] => [...new Set(keys.map(slotOf))]

test('every key of a shard is in the slot of its tag, and shards are spread', () => {
  const tags = Array.from({ length: 256 }, (_, shard) => {
    const { shard: number, cids, ...named } = keysOf(shard)
    expect(number).toBe(shard)
    expect(slotsOf([...Object.values(named), cids(0), cids(29_000_000)])).toEqual([slotOf(shardTag(shard))])
    return slotOf(shardTag(shard))
  })
  expect(new Set(tags).size).toBeGreaterThan(200)
  // Over three primaries, as evenly as one may ask.
  const counts = [0, 1, 2].map((third) => tags.filter((slot) => Math.floor(slot / 5_462) === third).length)
  expect(Math.min(...counts)).toBeGreaterThan(60)
})

test('all of the calls between processes are in one slot', () => {
  const redis = { options: {} } as Redis
  const keys = [callKey('a'), queueKey('f'), queueKey('g@h'), workersKey('f'), announcedKey('t')]
  expect(slotsOf([...keys, channelPrefix(redis)])).toEqual([slotOf(rpcTag)])
})

test('a value of the cache and its version are in one slot, with the prefix of a cluster and without', () => {
  const seen: string[] = []
  const multi = {
    del: (key: string) => (seen.push(key), multi),
    set: (key: string) => (seen.push(key), multi),
    exec: () => Promise.resolve([]),
  }
  const redis = {
    options: {},
    multi: () => multi,
    eval: (_script: string, _count: number, ...keys: string[]) =>
      Promise.resolve(seen.push(...keys.slice(0, 2))),
  }
  const cache = redisCache(redis as unknown as Redis)
  void cache.drop('room:7')
  void cache.set('room:7', 'x', 1, undefined)
  expect(seen).toHaveLength(4)
  expect(slotsOf(seen)).toHaveLength(1)
  expect(slotsOf([...seen, 'brook:installation', 'brook:upload:x'].map((key) => commonPrefix + key))).toEqual(
    [slotOf(commonPrefix)],
  )
})
