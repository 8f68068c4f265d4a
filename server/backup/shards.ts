// The connections of a command to every shard of the log.
import type { RedisProvider } from '../redis/provider.ts'

const withinMs = 10_000

/** Resolves when each shard can be asked. @throws what Redis last said */
export async function connectShards(redis: RedisProvider, shards: number): Promise<void> {
  // Asked for once, a connection is made, and `ready` waits for it.
  for (let shard = 0; shard < shards; shard += 1) void redis.shard(shard).asker
  void redis.common
  await redis.ready(withinMs)
}
