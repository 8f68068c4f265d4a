// Names that rooms had: each leads to its room for limits.names.leadMs, and while the room is public no other public room may
// have it, or one that looks like it. SQL of `former_room_names`.
import { Refused } from '../answer.ts'
import type { Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import { leadingSince, nameFields } from './names-taken.ts'

/** SQL: the names that lead to a room of `rooms r`, as `formerly`; NULL: none. */
export const formerlyColumn = `(SELECT JSON_ARRAYAGG(f.name) FROM former_room_names f
  WHERE f.room_id = r.id AND f.ended_at > UTC_TIMESTAMP(3) - INTERVAL ${limits.names.leadMs / 1_000} SECOND) AS formerly`

/** What that column holds, if anything: MariaDB answers with JSON as text, MySQL with what it means. */
export function formerlyIn(stored: unknown): { formerly?: string[] } {
  const names: unknown = typeof stored === 'string' ? JSON.parse(stored) : stored
  return Array.isArray(names) ? { formerly: names.filter((name) => typeof name === 'string') } : {}
}

/** The room that had the name with this key last, a public one first; undefined: none of those that there are. */
export async function roomOnceNamed(db: Queryable, key: string): Promise<string | undefined> {
  const [row] = await db.rows<{ room_id: number }>(
    `SELECT f.room_id FROM former_room_names f JOIN rooms r ON r.id = f.room_id AND r.deleted_at IS NULL
     WHERE f.name_key = ? AND f.ended_at > ? ORDER BY r.public_key IS NULL, f.id DESC LIMIT 1`,
    [key, leadingSince()],
  )
  return row && String(row.room_id)
}

/** In the transaction that gives the room the name `now`. Those before the newest limits.names.ofRoom lead nowhere. */
export async function keepFormerName(
  tx: Queryable,
  room: string,
  { was, now }: { was: string; now: string },
): Promise<void> {
  const id = BigInt(room)
  const former = nameFields(was)
  const next = nameFields(now)
  await tx.run('DELETE FROM former_room_names WHERE room_id = ? AND (name_key IN (?) OR ended_at <= ?)', [
    id,
    [former.key, next.key],
    leadingSince(),
  ])
  // Another spelling of it is the same name.
  if (former.key === next.key) return
  await tx.run('INSERT INTO former_room_names (room_id, name, name_key, skeleton, ended_at) VALUES (?)', [
    [id, was, former.key, former.skeleton, new Date()],
  ])
  const [oldest] = await tx.rows<{ id: number }>(
    'SELECT id FROM former_room_names WHERE room_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?',
    [id, limits.names.ofRoom],
  )
  if (oldest !== undefined)
    await tx.run('DELETE FROM former_room_names WHERE room_id = ? AND id <= ?', [id, oldest.id])
}

/**
 * The name that a public room has in this transaction must not look like that of another one, nor lead to it. After it is written:
 * of two, one that gives a name up and one that takes it, the second waits for the first.
 * @throws Refused
 */
export async function requireOwnLook(
  tx: Queryable,
  { id, name }: { id: string; name: string },
): Promise<void> {
  const { key, skeleton } = nameFields(name)
  const alike = await tx.rows(
    'SELECT id FROM rooms WHERE skeleton = ? AND id <> ? AND public_key IS NOT NULL LIMIT 1 FOR UPDATE',
    [skeleton, BigInt(id)],
  )
  if (alike.length > 0) throw new Refused({ code: 'room_name_alike' })
  // Trap: a plain read would have the state from before the other's rename.
  const [held] = await tx.rows<{ name_key: string }>(
    `SELECT f.name_key FROM former_room_names f JOIN rooms r ON r.id = f.room_id AND r.public_key IS NOT NULL
     WHERE (f.name_key = ? OR f.skeleton = ?) AND f.room_id <> ? AND f.ended_at > ?
     ORDER BY f.name_key = ? DESC LIMIT 1 LOCK IN SHARE MODE`,
    [key, skeleton, BigInt(id), leadingSince(), key],
  )
  if (held !== undefined)
    throw new Refused({ code: held.name_key === key ? 'room_name_taken' : 'room_name_alike' })
}
