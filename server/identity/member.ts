// Somebody who has proved who they are, as the answer to their sign-in names them.
import type { Queryable } from '../db.ts'
import type { User } from '../protocol/people.ts'

/** Undefined: there is nobody with this id any more. */
export async function memberOf(db: Queryable, id: string | null): Promise<User | undefined> {
  if (id === null) return undefined
  const [row] = await db.rows<{ name: string; is_admin: number; guest: number }>(
    'SELECT name, is_admin, (password_hash IS NULL AND is_provided = 0) AS guest FROM users WHERE id = ? AND ended_at IS NULL',
    [BigInt(id)],
  )
  return row && { id, name: row.name, guest: row.guest === 1, admin: row.is_admin === 1 }
}
