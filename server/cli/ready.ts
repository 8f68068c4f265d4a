// What every verb that works with the stores does first: open them, bring the tables up to date.
import path from 'node:path'
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { Db } from '../db.ts'
import { migrate } from '../migrate.ts'
import { root } from '../root.ts'
import { checkSafety } from '../stores/safety.ts'
import { openStores, type Stores, type Use } from '../stores/open.ts'
import type { Say } from '../stores/say.ts'

export type ReadyConfig = Config & { redis: RedisAddress; mysql: MysqlAddress }

export async function openReady(
  config: Config,
  say: Say,
  use: Use,
): Promise<{ config: ReadyConfig; stores: Stores; migrated: string[] }> {
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
