// The peer of sync: a plain loader. Reads the stream page by page and inserts each page in a transaction of its own; no
// lease, no checkpoint, no acknowledgement, no trimming, and twice is an error.
import type { MysqlAddress, RedisAddress } from '../../../server/config.ts'
import { Db } from '../../../server/db.ts'
import { writeEntries } from '../../../server/history/sync/archive.ts'
import { readThrough } from '../../../server/log/follow.ts'
import { keysOf } from '../../../server/log/keys.ts'
import { whenReady } from '../../../server/redis/client.ts'
import { connectRedis, writerOptions } from '../../../server/redis/connect.ts'
import { obey } from './obey.ts'

obey(async ({ redis: address, mysql }: { redis: RedisAddress; mysql: MysqlAddress }) => {
  const redis = connectRedis(address, writerOptions(5_000))
  await whenReady(redis, 10_000)
  const db = new Db(mysql, 2)
  const run = async (): Promise<{ ms: number; rows: number }> => {
    const began = performance.now()
    let rows = 0
    for await (const entries of readThrough(redis, keysOf(0), { ms: 0, n: 0 })) {
      await db.transaction((tx) => writeEntries(tx, entries))
      rows += entries.length
    }
    return { ms: performance.now() - began, rows }
  }
  return {
    run,
    close: async () => {
      redis.disconnect()
      await db.close()
    },
  }
})
