// Links for the command line: the owner's, printed at the first start and by `brook admin link`; and those that reset a password.
import { OwnerLinks, ownerUrl } from '../access/owner-links.ts'
import { hasAdministrator } from '../account/administrators.ts'
import { isRefusal } from '../answer.ts'
import { Db } from '../db.ts'
import { ResetLinks, resetUrl } from '../identity/reset-links.ts'
import { Tickets } from '../identity/tickets.ts'
import type { ReadyConfig } from './ready.ts'
import { UsageError } from './verb.ts'

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

/** What somebody opens to set a new password, also an administrator. @throws UsageError if there is nobody of this name */
export const newResetUrl = (config: ReadyConfig, name: string, secondFactor: boolean): Promise<string> =>
  withDb(config, async (db) => {
    const links = new ResetLinks(db, new Tickets(db))
    const id = await links.idOf(name)
    const made = id === undefined ? undefined : await links.make(id, { secondFactor, byCommand: true })
    if (made === undefined || isRefusal(made)) throw new UsageError(`there is nobody with the name "${name}"`)
    return resetUrl(config.publicUrl?.origin ?? `http://localhost:${config.port}`, made.reset)
  })

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
