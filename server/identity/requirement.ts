// Whether administrators must have a second factor: one fact of the installation, and the SQL of whoever lacks it.
import type { Queryable } from '../db.ts'
import { hasNoFactor } from './second-factors.ts'

const fact = 'admins_need_factor'

/** SQL, of a row `u` of users: 1 if they can reach nothing but setting up a second factor. */
export const lacksFactor = `(u.is_admin = 1 AND ${hasNoFactor}
  AND EXISTS (SELECT 1 FROM installation i WHERE i.name = '${fact}'))`

export async function adminsNeedFactor(db: Queryable): Promise<boolean> {
  return (await db.rows('SELECT name FROM installation WHERE name = ?', [fact])).length > 0
}

export async function setAdminsNeedFactor(db: Queryable, isNeeded: boolean): Promise<void> {
  const sql = isNeeded
    ? "INSERT INTO installation (name, value) VALUES (?, '1') ON DUPLICATE KEY UPDATE name = VALUES(name)"
    : 'DELETE FROM installation WHERE name = ?'
  await db.run(sql, [fact])
}

/** The open sessions of administrators who have none. */
export async function sessionsWithoutFactor(db: Queryable): Promise<{ session: string; user: string }[]> {
  const rows = await db.rows<{ id: number; user_id: number }>(
    `SELECT s.id, s.user_id FROM sessions s JOIN users u ON u.id = s.user_id WHERE ${lacksFactor}`,
  )
  return rows.map(({ id, user_id }) => ({ session: String(id), user: String(user_id) }))
}
