// What the command line needs to look after bots beside running servers: people, rooms and the log, without listening.
import { Sessions } from '../account/sessions.ts'
import { openBus } from '../bus.ts'
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { Db } from '../db.ts'
import { archiveOf } from '../history/sync/checkpoint.ts'
import { findCid } from '../history/sql/messages.ts'
import { Log } from '../log/log.ts'
import { Memberships } from '../membership/memberships.ts'
import { connectRedis, redisCache, whenReady, writerOptions } from '../redis.ts'
import { StoreAway } from '../stores/programs.ts'
import { Bots } from './bots.ts'

export interface Desk {
  bots: Bots
  memberships: Memberships
  log: Log
  db: Db
  close(): Promise<void>
}

const storesWithinMs = 10_000

/** Opens the log, for joining a room is told in it, and a bot begins to read at its head. */
export async function openDesk(config: Config & { redis: RedisAddress; mysql: MysqlAddress }): Promise<Desk> {
  let last = 'no answer'
  const db = new Db(config.mysql, 3)
  const near = connectRedis(config.redis, writerOptions(2_000))
  const log = new Log({
    ...{ redis: config.redis, shards: config.logShards, archive: archiveOf(db, config.logShards) },
    findCid: (userId, cid) => findCid(db, userId, cid),
    onEntries: () => undefined,
    onArchived: () => undefined,
    onNewEpoch: () => undefined,
    onTrouble: (error) => {
      last = (error as Error).message
    },
  })
  const close = async (): Promise<void> => {
    await log.close()
    near.disconnect()
    await db.close()
  }
  try {
    await whenReady(near, storesWithinMs)
    await openWithin(log, () => last)
    const cache = redisCache(near)
    const memberships = new Memberships({
      ...{ db, cache, append: log.append, pace: { lifted: true } },
      heads: async (ids) => log.heads(ids),
      unread: async () => new Map(),
      isHere: () => false,
    })
    const sessions = new Sessions(db, cache, openBus(near))
    return { bots: new Bots({ db, sessions, newcomers: memberships }), memberships, log, db, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A log that does not open is waited for by a server, and told to a person. */
async function openWithin(log: Log, last: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new StoreAway(`The log does not open: ${last()}`)), storesWithinMs)
  })
  await Promise.race([log.open(), late]).finally(() => clearTimeout(timer))
}
