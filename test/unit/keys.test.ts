// The names of a shard's keys, and which shard a room is in.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keysOf } from '../../server/log/keys.ts'
import { shardOf } from '../../server/log/shard.ts'

describe('the keys of a shard', () => {
  const namesOf = (shard: number): string[] => {
    const { shard: _number, cids, ...names } = keysOf(shard)
    return [...Object.values(names), cids(1), cids(2)]
  }

  test('share one hash tag, so that a Redis Cluster keeps them together', () => {
    for (const name of namesOf(3)) expect(name).toMatch(/^\{brook:3\}:[a-z]+(:\d+)?$/)
  })

  test('are all different, also from those of other shards', () => {
    const names = [...namesOf(0), ...namesOf(1), ...namesOf(10)]
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('the shard of a room', () => {
  const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n })

  test('is its number modulo the shards, beyond what JavaScript can count too', () => {
    expect(shardOf('7', 4)).toBe(3)
    expect(shardOf('9223372036854775807', 10)).toBe(7)
    fc.assert(
      fc.property(id, fc.integer({ min: 1, max: 64 }), (room, shards) => {
        expect(shardOf(String(room), shards)).toBe(Number(room % BigInt(shards)))
      }),
    )
  })

  test('is the only one if there is one', () => {
    fc.assert(
      fc.property(id, (room) => {
        expect(shardOf(String(room), 1)).toBe(0)
      }),
    )
  })
})
