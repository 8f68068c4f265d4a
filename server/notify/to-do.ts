// What somebody has to do: what they were told of, have not put away, and have not read. A message in a room is passed by the
// pointer of the room, a reply that is only in its thread by that of the thread; the rest is put away by hand. Invariant: every
// number that stands for the inbox, on any screen, is the number of these.
import type { Db, Param } from '../db.ts'
import type { Log } from '../log/log.ts'
import type { JoinedRoom } from '../membership/roster.ts'
import { columns, type NotificationRow } from './told.ts'

export interface ToDoDeps {
  db: Db
  log: Pick<Log, 'head'>
  memberships: { roomsOf: (user: string) => Promise<JoinedRoom[]> }
}

/** SQL: not of somebody whom they block by now; a reminder they have asked for themselves, of whomever it is. */
export const notBlocked = `(n.cause IN ('reminder', 'report')
  OR NOT EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = n.user_id AND b.blocked_id = n.by_id))`
/** SQL: it is neither put away nor gone. */
export const open = `n.done_ms IS NULL AND n.gone_seq IS NULL AND ${notBlocked}`

/** At most `max`, the newest first. */
export async function toDoOf(deps: ToDoDeps, user: string, max: number): Promise<NotificationRow[]> {
  const rooms = await deps.memberships.roomsOf(user)
  const rows = await Promise.all([
    inRooms(deps, user, rooms, max),
    inThreads(deps, user, rooms, max),
    byHand(deps, user, rooms, max),
  ])
  return rows
    .flat()
    .sort((a, b) => Number(b.id) - Number(a.id))
    .slice(0, max)
}

/** One range of an index for each room in which something was said since they read it. */
async function inRooms(
  { db, log }: ToDoDeps,
  user: string,
  rooms: readonly JoinedRoom[],
  max: number,
): Promise<NotificationRow[]> {
  const spans = rooms
    .map(({ id, joinedSeq, settings }) => ({ id, after: Math.max(joinedSeq, settings.read.seq) }))
    .filter(({ id, after }) => log.head(id) > after)
  if (spans.length === 0) return []
  const one = `(SELECT ${columns} FROM notifications n
    WHERE n.user_id = ? AND n.room_id = ? AND n.seq > ? AND n.read_by = 'room' AND ${open} ORDER BY n.seq DESC LIMIT ?)`
  return db.rows<NotificationRow>(
    spans.map(() => one).join(' UNION ALL '),
    spans.flatMap(({ id, after }): Param[] => [BigInt(user), BigInt(id), after, max]),
  )
}

async function inThreads(
  { db }: ToDoDeps,
  user: string,
  rooms: readonly JoinedRoom[],
  max: number,
): Promise<NotificationRow[]> {
  const rows = await db.rows<NotificationRow>(
    `SELECT ${columns} FROM notifications n
     LEFT JOIN followed_threads f ON f.user_id = n.user_id AND f.room_id = n.room_id AND f.thread = n.thread_root
     WHERE n.user_id = ? AND n.read_by = 'thread' AND ${open} AND n.seq > COALESCE(f.read_seq, 0)
     ORDER BY n.id DESC LIMIT ?`,
    [BigInt(user), max],
  )
  const joined = new Map(rooms.map(({ id, joinedSeq }) => [id, joinedSeq]))
  return rows.filter(({ room_id, seq }) => Number(seq) > (joined.get(String(room_id)) ?? Infinity))
}

async function byHand(
  { db }: ToDoDeps,
  user: string,
  rooms: readonly JoinedRoom[],
  max: number,
): Promise<NotificationRow[]> {
  const rows = await db.rows<NotificationRow>(
    `SELECT ${columns} FROM notifications n WHERE n.user_id = ? AND n.read_by = 'hand' AND ${open}
     ORDER BY n.id DESC LIMIT ?`,
    [BigInt(user), max],
  )
  const joined = new Set(rooms.map(({ id }) => id))
  return rows.filter((row) => mayStillSee(row, joined))
}

/** Reports are for those who asked for them, and those who handle them, wherever they are. */
export const mayStillSee = (
  { cause, room_id }: Pick<NotificationRow, 'cause' | 'room_id'>,
  joined: { has: (room: string) => boolean },
): boolean => cause === 'report' || joined.has(String(room_id))
