// Whose a name is: it leads to whoever has it, or has had it last within a month; and nobody else may have it, or one that looks
// like it. SQL of `former_names`.
import type { Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'
import { skeleton } from './look-alikes.ts'

/** What of a name is stored beside it. */
export const nameFields = (name: string) => ({ key: nameKey(name), skeleton: skeleton(name) })

/** Since when a former name leads to its person. */
export const leadingSince = (): Date => new Date(Date.now() - limits.names.leadMs)

/**
 * The id of whoever is called so, or was within limits.names.leadMs; undefined: nobody, or their account has ended. `key`: of the
 * name.
 */
export async function idByName(db: Queryable, key: string): Promise<string | undefined> {
  const [row] = await db.rows<{ id: number | null }>(
    `SELECT COALESCE((SELECT id FROM users WHERE name_key = ?),
       (SELECT f.user_id FROM former_names f JOIN users u ON u.id = f.user_id AND u.ended_at IS NULL
        WHERE f.name_key = ? AND f.ended_at > ? ORDER BY f.id DESC LIMIT 1)) AS id`,
    [key, key, leadingSince()],
  )
  return row === undefined || row.id === null ? undefined : String(row.id)
}

/**
 * Whether somebody must not have a name that is theirs in this transaction already: another has had it of late, or it looks like
 * another's. After it is written, because two who want one name wait for each other there. Those who have such names keep them.
 */
export async function refuseTaken(
  tx: Queryable,
  { id, name }: { id: string; name: string },
): Promise<Refusal | undefined> {
  const { key, skeleton: looks } = nameFields(name)
  const own = BigInt(id)
  const since = leadingSince()
  // Trap: a plain read would have the state from before the other's rename.
  const held = await tx.rows(
    'SELECT id FROM former_names WHERE name_key = ? AND user_id <> ? AND ended_at > ? LIMIT 1 FOR UPDATE',
    [key, own, since],
  )
  if (held.length > 0) return { code: 'name_taken' }
  // Locked too: of two who come at once with names that look alike, the second one waits for the first.
  const alike = await tx.rows('SELECT id FROM users WHERE skeleton = ? AND id <> ? LIMIT 1 FOR UPDATE', [
    looks,
    own,
  ])
  if (alike.length > 0) return { code: 'name_alike' }
  const former = await tx.rows(
    'SELECT user_id FROM former_names WHERE skeleton = ? AND user_id <> ? AND ended_at > ? LIMIT 1',
    [looks, own, since],
  )
  if (former.length > 0) return { code: 'name_alike' }
  return likeOne(await tx.rows<Keyed>(`${groupsAlike} FOR UPDATE`, [looks]), key)
}

interface Keyed {
  id: number
  name_key: string
}

const groupsAlike = 'SELECT id, name_key FROM user_groups WHERE skeleton = ?'

const likeOne = (alike: readonly Keyed[], key: string): Refusal | undefined =>
  alike.length === 0
    ? undefined
    : { code: alike.some(({ name_key }) => name_key === key) ? 'name_taken' : 'name_alike' }

/** The same for the name of a group, after it is written: it is no person's, nor was of late, and no other group's. */
export async function refuseGroupName(
  tx: Queryable,
  { id, name }: { id: string; name: string },
): Promise<Refusal | undefined> {
  const { key, skeleton: looks } = nameFields(name)
  const people = await tx.rows<Keyed>('SELECT id, name_key FROM users WHERE skeleton = ? FOR UPDATE', [looks])
  const former = await tx.rows<Keyed>(
    'SELECT user_id AS id, name_key FROM former_names WHERE skeleton = ? AND ended_at > ?',
    [looks, leadingSince()],
  )
  const groups = await tx.rows<Keyed>(`${groupsAlike} AND id <> ? FOR UPDATE`, [looks, BigInt(id)])
  return likeOne([...people, ...former, ...groups], key)
}

/** Names that people of a room had of late: they lead to them. */
export async function formerlyInRoom(db: Queryable, room: string): Promise<{ id: string; name: string }[]> {
  const rows = await db.rows<{ id: number; name: string }>(
    `SELECT f.user_id AS id, f.name FROM former_names f
     JOIN memberships m ON m.user_id = f.user_id AND m.room_id = ? WHERE f.ended_at > ? LIMIT ?`,
    [BigInt(room), leadingSince(), limits.membersListed],
  )
  return rows.map(({ id, name }) => ({ id: String(id), name }))
}
