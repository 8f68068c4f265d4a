// The stores that a look at everything reads, opened for one command.
import type { ReadyConfig } from '../cli/ready.ts'
import { Db } from '../db.ts'
import { openBlobs } from '../files/stores/open-blobs.ts'
import { RedisProvider } from '../redis/provider.ts'
import type { DoctorDeps } from './doctor.ts'

/** Two for a check, and one for what it asks meanwhile. */
const connections = 3
const redisWithinMs = 10_000
/** Nobody waits for it: a busy MySQL may take its time. */
const statementMs = 120_000

/** @throws a lost connection */
export async function withDoctorDeps<T>(
  config: ReadyConfig,
  work: (deps: DoctorDeps) => Promise<T>,
): Promise<T> {
  const db = new Db(config.mysql, connections, { answersWithinMs: statementMs })
  const redis = new RedisProvider(config.redis)
  const blobs = openBlobs(config)
  try {
    for (let shard = 0; shard < config.logShards; shard += 1) void redis.shard(shard).asker
    await redis.ready(redisWithinMs)
    return await work({ db, redis, shards: config.logShards, blobs: blobs.store })
  } finally {
    blobs.close()
    redis.close()
    await db.close()
  }
}
