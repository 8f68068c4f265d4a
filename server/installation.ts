// What makes the stores of one Brook belong together: its id, which MySQL and Redis must agree on, and how many shards its log
// has, which decides where each room's entries are. Kept in MySQL from the first start on.
import { randomBytes } from 'node:crypto'
import type { MysqlAddress, RedisAddress } from './config.ts'
import { Db, type Queryable } from './db.ts'
import { factOf } from './facts.ts'
import { claimRedis } from './redis/claim.ts'
import { RedisProvider } from './redis/provider.ts'
import { StoreError } from './stores/programs.ts'

const redisWithinMs = 10_000

/** A fact of the installation: `value` where there was none; of two processes at once, the value of one is kept. */
async function keepFact(db: Queryable, name: string, value: string): Promise<string> {
  await db.run(
    'INSERT INTO installation (name, value) VALUES (?) ON DUPLICATE KEY UPDATE name = VALUES(name)',
    [[name, value]],
  )
  return (await factOf(db, name)) ?? value
}

/** The id of the installation that this database belongs to. */
export const installationId = (db: Queryable): Promise<string> =>
  keepFact(db, 'id', randomBytes(9).toString('base64url'))

/** Checked before anything starts. @throws StoreError, in one line, if the stores or the shards are not this Brook's */
export async function checkInstallation(
  stores: { redis: RedisAddress; mysql: MysqlAddress },
  logShards: number,
): Promise<void> {
  const db = new Db(stores.mysql, 1)
  const redis = new RedisProvider(stores.redis)
  try {
    const { common } = redis
    const shards = await keepFact(db, 'log_shards', String(logShards))
    if (shards !== String(logShards))
      throw new StoreError(
        `LOG_SHARDS is ${logShards}, but this Brook began with ${shards}, which decides where its messages are. ` +
          `Set LOG_SHARDS=${shards}.`,
      )
    await redis.ready(redisWithinMs)
    await claimRedis(common, await installationId(db))
  } finally {
    redis.close()
    await db.close()
  }
}
