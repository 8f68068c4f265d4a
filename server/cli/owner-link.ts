// The link of the owner, for the command line: printed at the first start, and by `brook admin link`.
import { OwnerLinks, ownerUrl } from '../access/owner-links.ts'
import { hasAdministrator } from '../account/administrators.ts'
import { Db } from '../db.ts'
import type { ReadyConfig } from './ready.ts'

async function withDb<T>(config: ReadyConfig, work: (db: Db) => Promise<T>): Promise<T> {
  const db = new Db(config.mysql, 1)
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

const makeUrl = async (config: ReadyConfig, db: Db, address: string): Promise<string> =>
  ownerUrl(config.publicUrl?.origin ?? address, await new OwnerLinks(db).make())

/** What an owner opens: it makes them an administrator. */
export const newOwnerUrl = (config: ReadyConfig): Promise<string> =>
  withDb(config, (db) => makeUrl(config, db, `http://localhost:${config.port}`))

/**
 * A line that says how to become the first administrator; undefined where there is one, or MySQL does not say. `address`: where
 * this Brook is open, if it is the only server; several would end each other's links.
 */
export const firstOwnerLine = (config: ReadyConfig, address?: string): Promise<string | undefined> =>
  withDb(config, async (db) => {
    if (await hasAdministrator(db)) return undefined
    return address === undefined
      ? 'No administrator yet. Run npx brook admin link for the address that makes one.'
      : `No administrator yet. Open ${await makeUrl(config, db, address)} to set it up.`
  }).catch(() => undefined)
