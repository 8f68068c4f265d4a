// The members of a room by name, page by page: SQL of `memberships` and `users`.
import { isGuest } from '../account/guest-sql.ts'
import type { Db } from '../db.ts'
import type { Member, Role } from '../protocol/people.ts'

export async function readMembers(db: Db, room: string, { after, limit }: MemberPage): Promise<MemberList> {
  const rows = await db.rows<MemberRow>(
    `SELECT u.id, u.name, u.is_bot, ${isGuest} AS guest, m.role
     FROM memberships m JOIN users u ON u.id = m.user_id ` +
      `WHERE m.room_id = ? AND u.name_key > COALESCE((SELECT name_key FROM users WHERE id = ?), '')
       ORDER BY u.name_key LIMIT ?`,
    [BigInt(room), BigInt(after ?? 0), limit + 1],
  )
  const members = rows.slice(0, limit).map(({ id, name, role, is_bot, guest }) => ({
    id: String(id),
    name,
    role,
    ...(is_bot === 1 ? ({ bot: true } as const) : guest === 1 ? ({ guest: true } as const) : {}),
  }))
  const next = rows.length > limit ? (members.at(-1)?.id ?? null) : null
  if (next === null && after === undefined) return { members, total: members.length, next }
  const counted = await db.rows<{ total: number }>(
    'SELECT COUNT(*) AS total FROM memberships WHERE room_id = ?',
    [BigInt(room)],
  )
  return { members, total: counted[0]?.total ?? members.length, next }
}

interface MemberRow {
  id: number
  name: string
  role: Role
  is_bot: number
  guest: number
}

export interface MemberPage {
  /** The id of the last person of the page before; one who is gone: from the beginning. */
  after?: string | undefined
  limit: number
}

export interface MemberList {
  members: Omit<Member, 'here'>[]
  /** Of the room, not of the page. */
  total: number
  /** Where the next page begins; null: this is the last one. */
  next: string | null
}
