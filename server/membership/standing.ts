// Rows of memberships inside a transaction: where somebody stands in a room, and how that is changed.
// Knows no rule but one: a private room has an owner as long as somebody is in it.
import type { Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { Role } from '../protocol/people.ts'
import { facts, roomFacts, type RoomFacts, type RoomRow } from './roster.ts'

/** A room, and what somebody is in it; null when they are not. */
export interface Standing extends RoomFacts {
  role: Role | null
}

/**
 * Undefined when there is no such room, or it is private and this person not in it. `lock` holds the room to the end
 * of the transaction: who is in a private room is changed by one at a time.
 * Trap: the lock comes before any plain read, for a transaction sees what stood at its first plain read.
 */
export async function findStanding(
  tx: Queryable,
  userId: string,
  room: string,
  lock: 'lock' | 'free' = 'free',
): Promise<Standing | undefined> {
  const hold = lock === 'lock' ? ' FOR UPDATE' : ''
  const [row] = await tx.rows<RoomRow>(`SELECT ${facts} FROM rooms r WHERE r.id = ?${hold}`, [BigInt(room)])
  if (row === undefined) return undefined
  const role = await findRole(tx, userId, room)
  return row.kind === 'private' && role === null ? undefined : { ...roomFacts(row), role }
}

export async function findRole(tx: Queryable, userId: string, room: string): Promise<Role | null> {
  const [row] = await tx.rows<{ role: Role }>(
    'SELECT role FROM memberships WHERE user_id = ? AND room_id = ?',
    [BigInt(userId), BigInt(room)],
  )
  return row?.role ?? null
}

export interface NewMember {
  userId: string
  room: string
  role: Role
  /** The room's head: what was said before they came is not unread to them. */
  read: number
}

export async function insertMember(tx: Queryable, { userId, room, role, read }: NewMember): Promise<void> {
  await tx.run(
    'INSERT INTO memberships (user_id, room_id, role, read_seq, joined_seq, joined_at) VALUES (?)',
    [[BigInt(userId), BigInt(room), role, read, read, new Date()]],
  )
}

export async function deleteMember(tx: Queryable, userId: string, room: string): Promise<void> {
  await tx.run('DELETE FROM memberships WHERE user_id = ? AND room_id = ?', [BigInt(userId), BigInt(room)])
}

/** True when this person is in as many rooms as one may be. Two joins at once may pass it by one. */
export async function isFull(tx: Queryable, userId: string): Promise<boolean> {
  const [row] = await tx.rows<{ rooms: number }>(
    'SELECT COUNT(*) AS rooms FROM memberships WHERE user_id = ?',
    [BigInt(userId)],
  )
  return (row?.rooms ?? 0) >= limits.roomsPerPerson
}

/** With the room held: without an owner it goes to who has been in it longest, who is returned. An empty one stays. */
export async function handOver(tx: Queryable, room: string): Promise<string | undefined> {
  const [first] = await tx.rows<{ user_id: number; role: Role }>(
    "SELECT user_id, role FROM memberships WHERE room_id = ? ORDER BY role = 'owner' DESC, joined_at, user_id " +
      'LIMIT 1',
    [BigInt(room)],
  )
  if (first === undefined || first.role === 'owner') return undefined
  await tx.run("UPDATE memberships SET role = 'owner' WHERE room_id = ? AND user_id = ?", [
    BigInt(room),
    first.user_id,
  ])
  return String(first.user_id)
}
