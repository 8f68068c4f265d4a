// A connection or two for one command: opened for its work, and closed however that ends.
import { Db } from '../db.ts'
import { RedisProvider } from '../redis/provider.ts'
import type { ReadyConfig } from './ready.ts'

const redisWithinMs = 10_000

export async function withDb<T>(
  config: ReadyConfig,
  work: (db: Db) => Promise<T>,
  connections = 1,
): Promise<T> {
  const db = new Db(config.mysql, connections)
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

/** For what running servers are told of. */
export function withStores<T>(
  config: ReadyConfig,
  work: (stores: { db: Db; redis: RedisProvider }) => Promise<T>,
  connections = 1,
): Promise<T> {
  return withDb(
    config,
    async (db) => {
      const redis = new RedisProvider(config.redis)
      try {
        await redis.ready(redisWithinMs)
        return await work({ db, redis })
      } finally {
        redis.close()
      }
    },
    connections,
  )
}
