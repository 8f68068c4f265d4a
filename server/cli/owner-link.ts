// The owner's link, which makes whoever opens it an administrator: printed at the first start and by `brook admin link`.
import { OwnerLinks, ownerUrl } from '../access/owner-links.ts'
import { hasAdministrator } from '../account/administrators.ts'
import type { Db } from '../db.ts'
import { withDb } from './open-stores.ts'
import type { ReadyConfig } from './ready.ts'

/** Where this machine reaches Brook. */
export const localAddress = ({ port }: ReadyConfig): string => `http://localhost:${port}`

/** A new link, after which the former one no longer works. `address`: where Brook is open, unless PUBLIC_URL says so. */
export const makeUrl = async (config: ReadyConfig, db: Db, address: string): Promise<string> =>
  ownerUrl(config.publicUrl?.origin ?? address, await new OwnerLinks(db).make())

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
