// The SQL of mentions in threads: how far a person has read each thread, and the replies above that which name them.
import type { Queryable } from '../../db.ts'
import { placeKey } from '../../protocol/place-key.ts'
import type { ThreadPlace } from './followers.ts'
import { notBy } from './mentions.ts'

/** More are shown as this many. */
const maxNamed = 1_000

/**
 * How far a person has read these threads, by "room thread"; those that they have never read, and that do not begin with
 * a message of theirs, are left out.
 */
export async function threadsRead(
  db: Queryable,
  userId: string,
  places: readonly ThreadPlace[],
): Promise<Map<string, number>> {
  if (places.length === 0) return new Map()
  const which = places.map(({ room, thread }) => [BigInt(room), thread])
  const rows = await db.rows<{ room: number | string; thread: number; read_seq: number }>(
    `SELECT room_id AS room, seq AS thread, seq AS read_seq FROM messages
     WHERE (room_id, seq) IN (?) AND user_id = ?
     UNION ALL
     SELECT room_id AS room, thread, read_seq FROM followed_threads
     WHERE (room_id, thread) IN (?) AND user_id = ?`,
    [which, BigInt(userId), which, BigInt(userId)],
  )
  const read = new Map<string, number>()
  for (const { room, thread, read_seq } of rows) {
    const key = placeKey(room, thread)
    read.set(key, Math.max(read_seq, read.get(key) ?? 0))
  }
  return read
}

/**
 * Replies in these rooms that are only in their threads, name this person, and are above how far they have read the
 * thread, whether or not they follow it. It costs a look at each thread with unread replies, however long they are.
 */
export async function repliesNaming(
  db: Queryable,
  userId: string,
  rooms: readonly string[],
  blocked: ReadonlySet<string> = new Set(),
): Promise<{ room: string; seq: number }[]> {
  const { sql: unblocked, params } = notBy(blocked)
  if (rooms.length === 0) return []
  const rows = await db.rows<{ room: number | string; seq: number }>(
    `SELECT n.room_id AS room, n.seq FROM followed_threads f
     STRAIGHT_JOIN messages r ON r.room_id = f.room_id AND r.seq = f.thread AND r.replied_seq > f.read_seq
     STRAIGHT_JOIN mentions n ON n.user_id = f.user_id AND n.room_id = f.room_id
       AND n.seq > f.read_seq AND n.seq <= r.replied_seq
     STRAIGHT_JOIN messages m ON m.room_id = n.room_id AND m.seq = n.seq AND m.thread = f.thread
     WHERE f.user_id = ? AND f.room_id IN (?) AND m.also_in_room = 0 AND m.deleted_ms IS NULL ${unblocked} LIMIT ?`,
    [BigInt(userId), rooms.map(BigInt), ...params, maxNamed],
  )
  return rows.map(({ room, seq }) => ({ room: String(room), seq }))
}
