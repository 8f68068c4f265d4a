// What the command line needs to manage bots beside running servers: people, rooms and the log, without listening.
import { Sessions } from '../account/sessions.ts'
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { Db } from '../db.ts'
import { History } from '../history/history.ts'
import { archiveOf } from '../history/sync/checkpoint.ts'
import { Log } from '../log/log.ts'
import { Memberships } from '../membership/memberships.ts'
import { BanList } from '../moderation/ban-list.ts'
import { RedisProvider } from '../redis/provider.ts'
import { StoreAway } from '../stores/programs.ts'
import { Acknowledging } from './acknowledging.ts'
import { Bots } from './bots.ts'

export interface AdminServices {
  bots: Bots
  acknowledging: Acknowledging
  memberships: Memberships
  log: Log
  db: Db
  close(): Promise<void>
}

const storesWithinMs = 10_000

/** Opens the log, because joining a room appends a notice, and a bot starts reading at the room's head. */
export async function openAdminServices(
  config: Config & { redis: RedisAddress; mysql: MysqlAddress },
): Promise<AdminServices> {
  let last = 'no answer'
  const onError = (error: unknown): void => {
    last = (error as Error).message
  }
  const shards = config.logShards
  const db = new Db(config.mysql, 3)
  const redis = new RedisProvider(config.redis, onError)
  const { cache, bus } = redis
  const log = new Log({ redis, shards, archive: archiveOf(db, shards), onError })
  const close = async (): Promise<void> => {
    log.close()
    redis.close()
    await db.close()
  }
  try {
    await redis.ready(storesWithinMs)
    await openWithin(log, () => last)
    const bans = new BanList({ db, bus, onError })
    const memberships = new Memberships({
      db,
      bans,
      cache,
      log,
      history: new History(db, log),
      rateLimits: { lifted: true },
      presence: { isHere: () => false },
    })
    const sessions = new Sessions(db, cache, bus)
    const bots = new Bots({ db, sessions, newcomers: memberships })
    const acknowledging = new Acknowledging({ bots, log, memberships })
    return { bots, acknowledging, memberships, log, db, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A server waits for a log that does not open; here it is reported. */
async function openWithin(log: Log, last: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new StoreAway(`The log does not open: ${last()}`)), storesWithinMs)
  })
  await Promise.race([log.open(), late]).finally(() => clearTimeout(timer))
}
