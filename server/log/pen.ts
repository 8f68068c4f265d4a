// The log for a process that only writes into it: numbers and keeps what it is given, and follows nothing.
// Limit: it does not see that a log was rolled back before its servers do; they refuse for it by a new epoch.
import type { RedisAddress } from '../config.ts'
import { connectRedis, whenReady, writerOptions } from '../redis.ts'
import { openAppend, type FindCid } from './append.ts'
import type { Append } from './entry.ts'
import { keysOf } from './keys.ts'
import { shardOf } from './shard.ts'

export interface PenOptions {
  redis: RedisAddress
  shards: number
  findCid: FindCid
}

export interface Pen {
  append: Append
  close(): void
}

const readyWithinMs = 1_000

export function openPen({ redis: address, shards, findCid }: PenOptions): Pen {
  const redis = connectRedis(address, writerOptions())
  const asker = connectRedis(address, writerOptions(1_000))
  const epochs = new Map<number, string>()
  const append = openAppend({
    ...{ redis, shards, findCid },
    epochOf: (shard) => epochs.get(shard),
    isFull: () => false,
  })
  return {
    // The epoch is asked for each time: who writes seldom would else write with an old one, and be refused.
    append: async (draft) => {
      const shard = shardOf(draft.room, shards)
      try {
        await Promise.all([whenReady(asker, readyWithinMs), whenReady(redis, readyWithinMs)])
        const epoch = await asker.get(keysOf(shard).epoch)
        if (epoch === null) epochs.delete(shard)
        else epochs.set(shard, epoch)
      } catch {
        return { code: 'log_unavailable' }
      }
      return append(draft)
    },
    close: () => {
      redis.disconnect()
      asker.disconnect()
    },
  }
}
