// Hands an imported account to its person: an administrator gives them the first password.
import { randomBytes } from 'node:crypto'
import { Passwords } from '../account/passwords.ts'
import type { Db } from '../db.ts'
import { nameKey } from '../protocol/names.ts'

/** The new password; undefined if there is no imported person with this name who has no password. */
export async function claimAccount(db: Db, name: string): Promise<string | undefined> {
  const password = randomBytes(12).toString('base64url')
  const hash = await new Passwords().hash(password, name)
  if (typeof hash === 'object') throw new Error(`no password could be made: ${hash.code}`)
  // Of two claims at once, only one finds the account without a password.
  const { affectedRows } = await db.run(
    `UPDATE users SET password_hash = ? WHERE name_key = ? AND password_hash IS NULL AND is_bot = 0
     AND EXISTS (SELECT 1 FROM imported i WHERE i.kind = 'person' AND i.id = users.id)
     AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = users.id)`,
    [hash, nameKey(name)],
  )
  return affectedRows === 1 ? password : undefined
}
