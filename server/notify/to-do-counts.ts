// How much several people have to do, in two statements for all of them: the number of `toDoOf`, of which it says what counts. A page
// of pushes needs that of some hundred people.
import type { Db } from '../db.ts'
import { isLater } from '../protocol/position.ts'
import type { AudienceDeps } from './audience.ts'
import { open } from './to-do.ts'

export interface CountsDeps {
  db: Db
  /** How far people have read, a second before MySQL knows. */
  readTo: AudienceDeps['readTo']
}

interface RoomRow {
  user_id: number | string
  room_id: number | string
  read_turn: number
  read_seq: number
  n: number
}

/**
 * By person; `behind`: whoever has read something of it that MySQL does not know yet, and is to be counted by what memory has.
 * Limit: what was marked as unread counts once MySQL knows, a second later.
 */
export async function countToDo(
  { db, readTo }: CountsDeps,
  users: readonly string[],
): Promise<{ counts: Map<string, number>; behind: Set<string> }> {
  const counts = new Map(users.map((user) => [user, 0]))
  const behind = new Set<string>()
  if (users.length === 0) return { counts, behind }
  const ids = users.map(BigInt)
  const [inRooms, others] = await Promise.all([
    db.rows<RoomRow>(
      `SELECT m.user_id, m.room_id, m.read_turn, m.read_seq, COUNT(*) AS n FROM memberships m
       JOIN notifications n ON n.user_id = m.user_id AND n.room_id = m.room_id AND n.read_by = 'room'
         AND n.seq > m.joined_seq AND n.seq > m.read_seq AND ${open}
       WHERE m.user_id IN (?) GROUP BY m.user_id, m.room_id, m.read_turn, m.read_seq`,
      [ids],
    ),
    db.rows<{ user_id: number | string; n: number }>(
      `SELECT n.user_id, COUNT(*) AS n FROM notifications n
       LEFT JOIN memberships m ON m.user_id = n.user_id AND m.room_id = n.room_id
       LEFT JOIN followed_threads f ON f.user_id = n.user_id AND f.room_id = n.room_id AND f.thread = n.thread_root
       WHERE n.user_id IN (?) AND n.read_by IN ('thread', 'hand') AND ${open}
         AND IF(n.read_by = 'thread', n.seq > m.joined_seq AND n.seq > COALESCE(f.read_seq, 0),
                n.cause = 'report' OR m.user_id IS NOT NULL)
       GROUP BY n.user_id`,
      [ids],
    ),
  ])
  for (const { user_id, n } of [...inRooms, ...others])
    counts.set(String(user_id), (counts.get(String(user_id)) ?? 0) + Number(n))
  for (const { user_id, room_id, read_turn, read_seq } of inRooms) {
    const known = readTo(String(user_id), String(room_id))
    const kept = { generation: Number(read_turn), seq: Number(read_seq) }
    if (known !== undefined && isLater(known, kept)) behind.add(String(user_id))
  }
  return { counts, behind }
}
