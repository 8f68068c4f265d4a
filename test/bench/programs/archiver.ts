// Sync in its own process: on its schedule as `brook sync` runs it, or once, alone, over a backlog.
import { readConfig, type MysqlAddress, type RedisAddress } from '../../../server/config.ts'
import { Db } from '../../../server/db.ts'
import { archiveOf, leaseSeconds } from '../../../server/history/sync/checkpoint.ts'
import { runSync } from '../../../server/history/sync/run-sync.ts'
import { Sync } from '../../../server/history/sync/sync.ts'
import { whenReady } from '../../../server/redis/client.ts'
import { archiverOptions, connectRedis } from '../../../server/redis/connect.ts'
import { obey } from './obey.ts'

const say = (line: string): void => {
  if (!/^sync: \d/.test(line)) console.error(line)
}

interface Given {
  redis: RedisAddress
  mysql: MysqlAddress
  once: boolean
}

obey(async ({ once, ...stores }: Given) => {
  if (!once) return runSync({ ...readConfig({}), ...stores }, { say })
  const run = async (): Promise<{ ms: number; rss: number[] }> => {
    const rss: number[] = [process.memoryUsage.rss()]
    const watch = setInterval(() => rss.push(process.memoryUsage.rss()), 50)
    const began = performance.now()
    await archiveAll(stores)
    const ms = performance.now() - began
    clearInterval(watch)
    return { ms, rss: [...rss, process.memoryUsage.rss()] }
  }
  return { run, close: () => Promise.resolve() }
})

/** What `run` measures: connecting, reading, writing, acknowledging, trimming, and releasing the lease. */
async function archiveAll(stores: Omit<Given, 'once'>): Promise<void> {
  const db = new Db(stores.mysql, 4, { silentSeconds: leaseSeconds })
  const redis = connectRedis(stores.redis, archiverOptions(10_000))
  await whenReady(redis, 10_000)
  const sync = new Sync({
    db,
    redis,
    shard: 0,
    holder: 'the bench',
    archive: archiveOf(db, 1),
    onArchived: () => undefined,
    onError: (error) => say((error as Error).message),
  })
  await sync.run()
  await sync.close()
  redis.disconnect()
  await db.close()
}
