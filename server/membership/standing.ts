// Rows of memberships inside a transaction: somebody's standing in a room, and changing it. Knows only one rule: a
// room that nobody can join by themselves has an owner as long as somebody is in it.
import type { Param, Queryable } from '../db.ts'
import { cidBytes } from '../history/sql/insert.ts'
import { limits } from '../protocol/limits.ts'
import type { Person, Role } from '../protocol/people.ts'
import { isSeenByAll, kindOf, namedKinds, type RoomKind } from '../protocol/room-kinds.ts'
import { newSettings, settingsInsert } from './settings.ts'
import { facts, roomFacts, type RoomFacts, type RoomRow } from './roster.ts'

/** A room, and somebody's role in it; null if they are not in it. */
export interface Standing extends RoomFacts {
  role: Role | null
}

/**
 * Undefined if there is no such room, or if this person is not in it and does not see it. `lock` locks the room until
 * the end of the transaction, so that changes of a private room's members happen one at a time. Trap: lock before any
 * plain read, because a transaction keeps seeing the state of its first plain read.
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
  if (role === null && !(await sees(tx, userId, { id: room, kind: row.kind }))) return undefined
  return { ...roomFacts(row), role }
}

/** Whether a room exists for somebody who is not in it: a private one does not, nor does one that they are banned from. */
export async function sees(
  tx: Queryable,
  userId: string,
  { id, kind }: { id: string; kind: RoomKind },
): Promise<boolean> {
  if (!isSeenByAll(kind)) return false
  const bans = await tx.rows(
    'SELECT 1 FROM room_bans WHERE room_id = ? AND user_id = ? AND (expires_at IS NULL OR expires_at > ?)',
    [BigInt(id), BigInt(userId), new Date()],
  )
  return bans.length === 0
}

export async function findRole(tx: Queryable, userId: string, room: string): Promise<Role | null> {
  const [row] = await tx.rows<{ role: Role }>(
    'SELECT role FROM memberships WHERE user_id = ? AND room_id = ?',
    [BigInt(userId), BigInt(room)],
  )
  return row?.role ?? null
}

/** Whether nobody has deleted the room; it is not deleted until the end of the transaction. */
export async function isThere(tx: Queryable, room: string): Promise<boolean> {
  const sql = 'SELECT id FROM rooms WHERE id = ? AND deleted_at IS NULL LOCK IN SHARE MODE'
  return (await tx.rows(sql, [BigInt(room)])).length > 0
}

export interface NewMember {
  userId: string
  room: string
  role: Role
  /** The room's head: earlier messages are not unread to them. */
  read: number
}

export async function insertMember(tx: Queryable, { userId, room, role, read }: NewMember): Promise<void> {
  const { columns, values } = settingsInsert(newSettings(read))
  await tx.run(
    `INSERT INTO memberships (user_id, room_id, role, joined_seq, joined_at, ${columns}) VALUES (?)`,
    [[BigInt(userId), BigInt(room), role, read, new Date(), ...values]],
  )
}

/** What the room is told about the end of a membership: by whom, and under which cid. */
export interface Parting {
  by: string
  cid: string
}

/** A bot is still sent what came before: see bot/departures.ts. */
export async function deleteMember(
  tx: Queryable,
  userId: string,
  room: string,
  { by, cid }: Parting,
): Promise<void> {
  const member = [BigInt(userId), BigInt(room)]
  await tx.run(
    `INSERT INTO bot_departures (user_id, room_id, joined_seq, by_id, cid)
     SELECT m.user_id, m.room_id, m.joined_seq, ?, ? FROM memberships m JOIN bots b ON b.user_id = m.user_id
     WHERE m.user_id = ? AND m.room_id = ?`,
    [BigInt(by), cidBytes(cid), ...member],
  )
  await tx.run('DELETE FROM memberships WHERE user_id = ? AND room_id = ?', member)
}

/**
 * With the room locked: whether whoever is in it may leave it. Of a direct room only a group can be left, and those who remain are
 * found by who they are no more: what was said to the one who left was not said to them alone.
 */
export async function mayLeave(
  tx: Queryable,
  { id, kind }: Pick<RoomFacts, 'id' | 'kind'>,
): Promise<boolean> {
  if (kindOf(kind).leftFrom === 'all') return true
  const [row] = await tx.rows<{ people: number }>(
    'SELECT COUNT(*) AS people FROM memberships WHERE room_id = ?',
    [BigInt(id)],
  )
  if (Number(row?.people) <= 2) return false
  await tx.run('UPDATE rooms SET people_key = NULL WHERE id = ?', [BigInt(id)])
  return true
}

/** True if this person is in the maximum of rooms; direct ones, which others make, do not count. Two joins at once may exceed it by one. */
export async function isFull(tx: Queryable, userId: string): Promise<boolean> {
  const [row] = await tx.rows<{ rooms: number }>(
    `SELECT COUNT(*) AS rooms FROM memberships m JOIN rooms r ON r.id = m.room_id
     WHERE m.user_id = ? AND r.kind IN (?)`,
    [BigInt(userId), namedKinds],
  )
  return (row?.rooms ?? 0) >= limits.roomsPerPerson
}

/** Somebody who is in a room, with their role. */
export interface Placed {
  person: Person
  role: Role
}

/** Undefined if this person is not in the room, or does not exist. `lock`: as it is now, whatever was read before. */
export async function findMember(
  tx: Queryable,
  userId: string,
  room: string,
  lock: 'lock' | 'free' = 'free',
): Promise<Placed | undefined> {
  const hold = lock === 'lock' ? ' FOR UPDATE' : ''
  return (await placedIn(tx, room, `AND m.user_id = ? LIMIT 1${hold}`, [BigInt(userId)]))[0]
}

export async function setRole(tx: Queryable, userId: string, room: string, role: Role): Promise<void> {
  const sql = 'UPDATE memberships SET role = ? WHERE room_id = ? AND user_id = ?'
  await tx.run(sql, [role, BigInt(room), BigInt(userId)])
}

/** True if the room has no other owner. */
export async function isLastOwner(tx: Queryable, userId: string, room: string): Promise<boolean> {
  const sql = "SELECT 1 FROM memberships WHERE room_id = ? AND role = 'owner' AND user_id <> ? LIMIT 1"
  return (await tx.rows(sql, [BigInt(room), BigInt(userId)])).length === 0
}

/**
 * With the room locked: without an owner it goes to the moderator, otherwise the member, who has been in it longest, and only where
 * there is nobody else to somebody who is banned, or to a program; returns that person. An empty room stays.
 */
export async function handOver(tx: Queryable, room: string): Promise<Person | undefined> {
  const isBanned =
    'EXISTS (SELECT 1 FROM bans b WHERE b.user_id = u.id AND b.ended_at IS NULL AND (b.expires_at IS NULL OR b.expires_at > ?))'
  const order = `ORDER BY m.role = 'owner' DESC, u.is_bot, ${isBanned}, m.role = 'moderator' DESC, m.joined_at, m.user_id LIMIT 1`
  const [first] = await placedIn(tx, room, order, [new Date()])
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
