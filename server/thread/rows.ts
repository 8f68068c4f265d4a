// The SQL of the threads that a person follows, in the rooms they are in.
import type { Queryable } from '../db.ts'
import { placeKey } from '../protocol/place-key.ts'
import type { ThreadMark } from '../protocol/threads.ts'

/** How far a thread has been read, and its newest reply; what is unread is counted beside it. */
export type KnownMark = Omit<ThreadMark, 'unread' | 'upTo'>

/** Where a page ends: the next one continues below it. */
export interface ThreadCursor {
  isFresh: number
  at: number
  room: string
  thread: number
}

/** Negative: `a` comes first, in the order of `followedPage`. */
export const inOrder = (a: ThreadCursor, b: ThreadCursor): number =>
  b.isFresh - a.isFresh || b.at - a.at || Number(BigInt(b.room) - BigInt(a.room)) || b.thread - a.thread

interface Row {
  room: number | string
  thread: number
  read_seq: number
  last: number
  is_fresh: number | string
  at: number
}

/** A thread without replies is as new as its root message. */
const followed = `SELECT f.room_id AS room, f.thread, f.read_seq, COALESCE(m.replied_seq, 0) AS last,
    (COALESCE(m.replied_seq, 0) > f.read_seq AND EXISTS (SELECT 1 FROM replies r
      JOIN messages x ON x.room_id = r.room_id AND x.seq = r.seq
      WHERE r.room_id = f.room_id AND r.thread = f.thread AND r.seq > f.read_seq
        AND x.deleted_ms IS NULL AND x.user_id <> f.user_id)) AS is_fresh, COALESCE(m.replied_ms, m.log_ms) AS at
  FROM followed_threads f
  JOIN memberships s ON s.user_id = f.user_id AND s.room_id = f.room_id
  JOIN messages m ON m.room_id = f.room_id AND m.seq = f.thread
  WHERE f.user_id = ? AND f.is_following = 1`

const markOf = ({ room, thread, read_seq, last }: Row): KnownMark => ({
  room: String(room),
  thread,
  read: read_seq,
  last,
})

/** The newest, up to `max`. */
export async function followedPlaces(db: Queryable, userId: string, max: number): Promise<KnownMark[]> {
  const rows = await db.rows<Row>(`${followed} ORDER BY at DESC LIMIT ?`, [BigInt(userId), max])
  return rows.map(markOf)
}

/**
 * Unread threads first, then by the newest reply. Limit: all followed threads are sorted for each page, some
 * milliseconds for thousands of threads; a thread that is read meanwhile may appear twice.
 */
export async function followedPage(
  db: Queryable,
  userId: string,
  { before, limit }: { before: ThreadCursor | undefined; limit: number },
): Promise<(KnownMark & ThreadCursor)[]> {
  const below = before === undefined ? '' : 'WHERE (is_fresh, at, room, thread) < (?, ?, ?, ?)'
  const rows = await db.rows<Row>(
    `SELECT * FROM (${followed}) AS mine ${below}
     ORDER BY is_fresh DESC, at DESC, room DESC, thread DESC LIMIT ?`,
    [
      BigInt(userId),
      ...(before === undefined ? [] : [before.isFresh, before.at, BigInt(before.room), before.thread]),
      limit,
    ],
  )
  return rows.map((row) => ({ ...markOf(row), isFresh: Number(row.is_fresh), at: row.at }))
}

/** Replies of a thread between two numbers, both exclusive. */
export interface ReplySpan {
  room: string
  thread: number
  after: number
  before: number
}

/** Other people's replies within each span, counted up to `max`; by room and thread. One statement for all. */
export async function countUnreadReplies(
  db: Queryable,
  userId: string,
  spans: readonly ReplySpan[],
  max: number,
): Promise<Map<string, number>> {
  if (spans.length === 0) return new Map()
  const one = `(SELECT ? AS room, ? AS thread, COUNT(*) AS unread FROM (SELECT 1 FROM replies r
    STRAIGHT_JOIN messages m ON m.room_id = r.room_id AND m.seq = r.seq
    WHERE r.room_id = ? AND r.thread = ? AND r.seq > ? AND r.seq < ? AND m.deleted_ms IS NULL AND m.user_id <> ?
    LIMIT ?) AS some)`
  const rows = await db.rows<{ room: string; thread: number | string; unread: number }>(
    spans.map(() => one).join(' UNION ALL '),
    spans.flatMap(({ room, thread, after, before }) => [
      room,
      thread,
      BigInt(room),
      thread,
      after,
      before,
      BigInt(userId),
      max,
    ]),
  )
  return new Map(rows.map(({ room, thread, unread }) => [placeKey(room, thread), Number(unread)]))
}
