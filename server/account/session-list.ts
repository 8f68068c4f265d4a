// The devices on which somebody is signed in, as they see them, and what they call them. SQL of `sessions`.
import type { Queryable } from '../db.ts'
import type { SessionSummary } from '../protocol/people.ts'
import type { Session } from './session-row.ts'

interface Row {
  id: number
  agent: string
  name: string | null
  created_at: Date
  used_at: Date
}

/** Their open sessions, most recently used first. */
export async function listSessions(
  db: Queryable,
  { id, user }: Session,
  now: number,
): Promise<SessionSummary[]> {
  const rows = await db.rows<Row>(
    'SELECT id, agent, name, created_at, used_at FROM sessions WHERE user_id = ? AND expires_at > ? ' +
      'ORDER BY used_at DESC, id DESC LIMIT 200',
    [user.id, new Date(now)],
  )
  return rows.map((row) => ({
    id: String(row.id),
    current: String(row.id) === id,
    createdAt: row.created_at.getTime(),
    usedAt: row.used_at.getTime(),
    agent: row.agent,
    name: row.name,
  }))
}

/** Null: by its browser again. False: they have no session with this id. */
export async function nameSession(
  db: Queryable,
  userId: string,
  session: string,
  name: string | null,
): Promise<boolean> {
  const sql = 'UPDATE sessions SET name = ? WHERE id = ? AND user_id = ?'
  return (await db.run(sql, [name, BigInt(session), BigInt(userId)])).affectedRows === 1
}
