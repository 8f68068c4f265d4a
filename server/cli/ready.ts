// The first step of every verb that uses the stores: open them and migrate the database. A long-running process waits
// for external stores, in whatever order they start, and says what it waits for. A verb that asks makes no Brook.
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { Db, isMysqlAway } from '../db.ts'
import { isRestoring } from '../backup/progress.ts'
import { checkInstallation } from '../installation.ts'
import { migrate, migrationConnections, notMigrated } from '../migrate.ts'
import { root } from '../root.ts'
import { StoreAway, StoreError } from '../stores/programs.ts'
import { checkSafety } from '../stores/safety.ts'
import { openStores, type Stores, type Use } from '../stores/open.ts'
import { hasBegun } from '../stores/running.ts'
import type { Say } from '../logging/say.ts'

export type ReadyConfig = Config & { redis: RedisAddress; mysql: MysqlAddress }

const migrations = path.join(root, 'migrations')

export interface Ready {
  config: ReadyConfig
  stores: Stores
  migrated: string[]
}

/** Opens the stores once; throws if one is down or misconfigured. */
export const openReady = (config: Config, say: Say, use: Use): Promise<Ready> =>
  openWith(config, say, use, (db) => migrate(db, migrations))

async function openWith(
  config: Config,
  say: Say,
  use: Use,
  prepare: (db: Db) => Promise<string[]>,
): Promise<Ready> {
  const stores = await openStores(config, say, use)
  try {
    await checkSafety(stores, { say, allowUnsafe: config.allowUnsafeStores })
    const db = new Db(stores.mysql, migrationConnections)
    const migrated = await prepareRestored(db, prepare).finally(() => db.close())
    for (const name of migrated) say(`Migration applied: ${name}`)
    await checkInstallation(stores, config.logShards)
    return { config: { ...config, redis: stores.redis, mysql: stores.mysql }, stores, migrated }
  } catch (error) {
    await stores.stop()
    throw error
  }
}

/** @throws StoreError if a restore into this database has not been finished */
async function prepareRestored(db: Db, prepare: (db: Db) => Promise<string[]>): Promise<string[]> {
  if (await isRestoring(db))
    throw new StoreError(
      'A restore into this database has not been finished. Run the same brook restore again; it continues.',
    )
  return prepare(db)
}

/**
 * Opens the stores of a Brook that exists: `verb` neither starts an empty one nor, if it only `reads`, migrates it.
 * @throws StoreError if there is none, or if it must be migrated before it can be read
 */
export async function openExisting(
  config: Config,
  say: Say,
  verb: string,
  { reads = false } = {},
): Promise<Ready> {
  const { dataDir, redis, mysql } = config
  const none = new StoreError(
    `There is no Brook in ${mysql === undefined ? dataDir : 'this database'}. ` +
      'Set DATA_DIR, or REDIS_URL and MYSQL_URL, as for the one that runs.',
  )
  if ((redis === undefined || mysql === undefined) && !hasBegun({ dataDir, mysql })) throw none
  return openWith(config, say, { verb, alone: false }, async (db) => {
    const missing = await notMigrated(db, migrations)
    if (missing === undefined) throw none
    if (!reads) return migrate(db, migrations)
    if (missing.length > 0)
      throw new StoreError(
        `The database is older than this Brook. Run brook migrate first; it applies ${missing.join(', ')}.`,
      )
    return []
  })
}

/** Between two attempts: short enough that nobody waits for us, long enough not to disturb a store that is starting. */
const tryAgainMs = 1_000

/**
 * Opens the stores, and waits while one is down. `stopped` ends the wait.
 * @throws what waiting cannot fix: a wrong password, an unsafe setting, the tables of another Brook
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
      if (message !== last) say(`Waiting: ${message}`, 'warn')
      last = message
      const signal = await Promise.race([stopped, pause(tryAgainMs * (0.5 + Math.random()))])
      if (signal !== undefined) throw new StoreError(`${signal} while waiting for the stores.`)
    }
  }
}

function isAway(error: unknown): boolean {
  const { message } = error as Error
  if (error instanceof StoreAway || isMysqlAway(error)) return true
  return /^(LOADING|CLUSTERDOWN|MOVED|ASK|TRYAGAIN|MASTERDOWN|Redis did not answer)|Connection is closed|timed out|isn't writeable|max retries/.test(
    message,
  )
}
