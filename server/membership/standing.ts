// Rows of memberships inside a transaction: where somebody stands in a room, and how that is changed.
// Knows no rule but one: a room that nobody can join by themselves has an owner as long as somebody is in it.
import type { Param, Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { Person, Role } from '../protocol/people.ts'
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

/** Somebody who is in a room, with what they are in it. */
export interface Placed {
  person: Person
  role: Role
}

/** Undefined when this person is not in the room, or there is none of this number. */
export async function findMember(tx: Queryable, userId: string, room: string): Promise<Placed | undefined> {
  return (await placedIn(tx, room, 'AND m.user_id = ? LIMIT 1', [BigInt(userId)]))[0]
}

export async function setRole(tx: Queryable, userId: string, room: string, role: Role): Promise<void> {
  const sql = 'UPDATE memberships SET role = ? WHERE room_id = ? AND user_id = ?'
  await tx.run(sql, [role, BigInt(room), BigInt(userId)])
}

/** True when the room has no owner but this one. */
export async function isLastOwner(tx: Queryable, userId: string, room: string): Promise<boolean> {
  const sql = "SELECT 1 FROM memberships WHERE room_id = ? AND role = 'owner' AND user_id <> ? LIMIT 1"
  return (await tx.rows(sql, [BigInt(room), BigInt(userId)])).length === 0
}

/**
 * With the room held: without an owner it goes to the moderator, else the member, who has been in it longest, and who is
 * returned. An empty room stays.
 */
export async function handOver(tx: Queryable, room: string): Promise<Person | undefined> {
  const order = "ORDER BY m.role = 'owner' DESC, m.role = 'moderator' DESC, m.joined_at, m.user_id LIMIT 1"
  const [first] = await placedIn(tx, room, order)
  if (first === undefined || first.role === 'owner') return undefined
  await setRole(tx, first.person.id, room, 'owner')
  return first.person
}

async function placedIn(
  tx: Queryable,
  room: string,
  which: string,
  params: readonly Param[] = [],
): Promise<Placed[]> {
  const rows = await tx.rows<{ id: number; name: string; is_bot: number; role: Role }>(
    `SELECT u.id, u.name, u.is_bot, m.role FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.room_id = ? ${which}`,
    [BigInt(room), ...params],
  )
  return rows.map(({ id, name, is_bot, role }) => ({
    person: { id: String(id), name, ...(is_bot === 1 ? ({ bot: true } as const) : {}) },
    role,
  }))
}
