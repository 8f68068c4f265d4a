// What every verb that works with the stores does first: open them, bring the tables up to date. A process that is to
// stay waits for stores that somebody else runs, in whatever order they come, and says what for.
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { Db, isConnectionLost } from '../db.ts'
import { migrate } from '../migrate.ts'
import { root } from '../root.ts'
import { StoreAway, StoreError } from '../stores/programs.ts'
import { checkSafety } from '../stores/safety.ts'
import { openStores, type Stores, type Use } from '../stores/open.ts'
import type { Say } from '../stores/say.ts'

export type ReadyConfig = Config & { redis: RedisAddress; mysql: MysqlAddress }

export interface Ready {
  config: ReadyConfig
  stores: Stores
  migrated: string[]
}

/** Opens the stores once; what is wrong or away is thrown. */
export async function openReady(config: Config, say: Say, use: Use): Promise<Ready> {
  const stores = await openStores(config, say, use)
  try {
    await checkSafety(stores, { say, allowUnsafe: config.allowUnsafeStores })
    const db = new Db(stores.mysql, 1)
    const migrated = await migrate(db, path.join(root, 'migrations')).finally(() => db.close())
    for (const name of migrated) say(`Tables brought up to date: ${name}`)
    return { config: { ...config, redis: stores.redis, mysql: stores.mysql }, stores, migrated }
  } catch (error) {
    await stores.stop()
    throw error
  }
}

/** Between two tries: soon enough that nobody waits for us, rarely enough to disturb no store that is starting. */
const tryAgainMs = 1_000

/**
 * Opens the stores, and waits while one is away. `stopped` ends the waiting.
 * @throws what waiting cannot mend: a wrong password, an unsafe setting, tables of another Brook
 */
export async function openReadyPatiently(
  config: Config,
  say: Say,
  use: Use,
  stopped: Promise<NodeJS.Signals>,
): Promise<Ready> {
  let last = ''
  for (;;) {
    try {
      return await openReady(config, say, use)
    } catch (error) {
      const { message } = error as Error
      if (!isAway(error)) throw error
      if (message !== last) say(`Waiting: ${message}`)
      last = message
      const signal = await Promise.race([stopped, pause(tryAgainMs * (0.5 + Math.random()))])
      if (signal !== undefined) throw new StoreError(`${signal} while waiting for the stores.`)
    }
  }
}

/** 1040: too many connections. 1053: it is shutting down. 1290, 1792, 1836: it takes no writes now. */
const busyErrors = new Set([1040, 1053, 1290, 1792, 1836])

function isAway(error: unknown): boolean {
  const { message, errno } = error as { message: string; errno?: number }
  if (error instanceof StoreAway || isConnectionLost(error) || busyErrors.has(errno ?? 0)) return true
  return /^(LOADING|Redis did not answer)|Connection is closed|timed out|isn't writeable|max retries/.test(
    message,
  )
}
