// Everybody who has an account, for administrators, page by page. SQL of `users` and `sessions`; reads only.
import type { Db } from '../db.ts'
import { bansOfPeople } from '../moderation/bans.ts'
import type { AdminPeopleAnswer, AdminPeopleQuery, AdminPerson } from '../protocol/admin-people.ts'
import { idByName } from '../naming/names-taken.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'

interface Row {
  id: number
  name: string
  guest: number
  is_bot: number
  is_admin: number
  created_at: Date
}

interface SessionRow {
  user_id: number
  sessions: number
  used_at: Date
}

const columns =
  'SELECT id, name, password_hash IS NULL AS guest, is_bot, is_admin, created_at FROM users WHERE ended_at IS NULL AND'
const newest = '18446744073709551615'

/**
 * The newest first, by the primary key. A search passes over the names of those it does not want: 100,000 of them take MariaDB
 * some 150 ms, so that no index of parts of names is needed.
 */
export async function listPeople(
  db: Db,
  { query = '', after, limit = limits.people.page.default }: AdminPeopleQuery,
): Promise<AdminPeopleAnswer> {
  const key = nameKey(query.trim())
  // Whoever is named so exactly, or was of late, is on top, however many names have it in them.
  const named = key === '' ? undefined : await idByName(db, key)
  const exact =
    named === undefined || after !== undefined ? [] : await db.rows<Row>(`${columns} id = ?`, [BigInt(named)])
  const found = await db.rows<Row>(
    `${columns} id < ? ${key === '' ? '' : 'AND LOCATE(?, name_key) > 0 AND id <> ?'} ORDER BY id DESC LIMIT ?`,
    [BigInt(after ?? newest), ...(key === '' ? [] : [key, BigInt(named ?? 0)]), limit + 1],
  )
  const page = found.slice(0, limit)
  const next = found.length > limit ? String(page.at(-1)?.id) : null
  return { people: await describe(db, [...exact, ...page]), next }
}

async function describe(db: Db, rows: readonly Row[]): Promise<AdminPerson[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => BigInt(id))
  const [bans, open] = await Promise.all([
    bansOfPeople(db, ids),
    db.rows<SessionRow>(
      `SELECT user_id, COUNT(*) AS sessions, MAX(used_at) AS used_at FROM sessions
       WHERE user_id IN (?) AND expires_at > ? GROUP BY user_id`,
      [ids, new Date()],
    ),
  ])
  const sessions = new Map(open.map((row) => [String(row.user_id), row]))
  return rows.map(({ id, name, guest, is_bot, is_admin, created_at }) => {
    const own = sessions.get(String(id))
    return {
      id: String(id),
      name,
      guest: guest === 1 && is_bot === 0,
      bot: is_bot === 1,
      admin: is_admin === 1,
      createdAt: created_at.getTime(),
      lastSeen: own?.used_at.getTime() ?? null,
      sessions: Number(own?.sessions ?? 0),
      ban: bans.get(String(id)) ?? null,
    }
  })
}
