// The link of the owner, for the command line: printed at the first start, and by `brook admin link`.
import { hasAdministrator } from '../account/administrators.ts'
import { OwnerLinks, ownerUrl } from '../access/owner-links.ts'
import { Db } from '../db.ts'
import type { ReadyConfig } from './ready.ts'

/** What an owner opens: it makes them an administrator. `address`: where Brook is open, if it is known. */
export async function newOwnerUrl(config: ReadyConfig, address?: string): Promise<string> {
  const db = new Db(config.mysql, 1)
  try {
    const code = await new OwnerLinks(db).make()
    return ownerUrl(config.publicUrl?.origin ?? address ?? `http://localhost:${config.port}`, code)
  } finally {
    await db.close()
  }
}

/** True while nobody administers this Brook. */
export async function hasNoOwner(config: ReadyConfig): Promise<boolean> {
  const db = new Db(config.mysql, 1)
  try {
    return !(await hasAdministrator(db))
  } finally {
    await db.close()
  }
}
