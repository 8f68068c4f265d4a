// The SQL of threads: replies on their way into MySQL, and read back by number. Writing them twice changes nothing.
import type { Queryable } from '../../db.ts'
import type { Entry } from '../../log/entry.ts'
import type { EditedEvent } from '../../protocol/entries/edited.ts'
import type { ReplyEvent } from '../../protocol/events.ts'
import type { Message, ThreadSummary } from '../../protocol/http.ts'
import type { Person } from '../../protocol/people.ts'
import { placeKey } from '../../protocol/place-key.ts'
import { isReply, withReply } from '../../protocol/timeline.ts'
import { isSpokenRow } from '../entries/kind.ts'
import { follow } from './followers.ts'
import { messagesAt } from './messages.ts'
import { threadOf, type ThreadColumns } from './thread-row.ts'

/** Rows of one statement. */
const atOnce = 500

/** The replies of one thread among some entries, and the message that it begins with. */
interface Thread {
  room: string
  root: number
  replies: ReplyEvent[]
}

/** After messages and changes are written: their threads have them, and those who follow these threads. */
export async function settleReplies(tx: Queryable, entries: readonly Entry[]): Promise<void> {
  const said = entries.flatMap(({ event }) => (isReply(event) ? [event] : []))
  const rows = said.map(({ room, thread, seq }) => [BigInt(room), thread, seq])
  for (let at = 0; at < rows.length; at += atOnce)
    await tx.run(
      'INSERT INTO replies (room_id, thread, seq) VALUES ? ON DUPLICATE KEY UPDATE seq = replies.seq',
      [rows.slice(at, at + atOnce)],
    )
  const threads = new Map<string, Thread>()
  for (const event of said) {
    const key = placeKey(event.room, event.thread)
    const thread = threads.get(key) ?? { room: event.room, root: event.thread, replies: [] }
    thread.replies.push(event)
    threads.set(key, thread)
  }
  for (const thread of threads.values()) await settle(tx, thread)
  // What is imported was read elsewhere: nobody is made to follow it.
  await follow(
    tx,
    entries.flatMap(({ event, id }): (ReplyEvent | EditedEvent)[] => {
      if (event.type === 'edited') return [event]
      return isReply(event) && event.at === id.ms ? [event] : []
    }),
  )
}

async function settle(tx: Queryable, { room, root, replies }: Thread): Promise<void> {
  const [row] = await lockThread(tx, room, root)
  if (row === undefined) return
  const known = threadOf(row)
  // A batch that comes again, or a dead letter that comes late: the thread is counted anew from all it has.
  const isLate = replies.some(({ seq }) => seq <= (known?.lastSeq ?? 0))
  const all = isLate ? await repliesOf(tx, room, [root]) : replies
  const thread = all.reduce(withReply, isLate ? undefined : known)
  if (thread !== undefined) await write(tx, { room, root }, thread)
}

/** Counts a thread anew from the replies that it has, if it has any or is said to. */
export async function recountThread(tx: Queryable, room: string, root: number): Promise<void> {
  const [row] = await lockThread(tx, room, root)
  if (row === undefined) return
  const thread = sumOf(await repliesOf(tx, room, [root]))
  if (thread !== undefined || row.replied_seq !== null) await write(tx, { room, root }, thread)
}

/** What the message that a thread begins with says of these replies, which are all it has, oldest first. */
export const sumOf = (replies: readonly ReplyEvent[]): ThreadSummary | undefined =>
  replies.reduce<ThreadSummary | undefined>(withReply, undefined)

const lockThread = (tx: Queryable, room: string, root: number): Promise<ThreadColumns[]> =>
  tx.rows<ThreadColumns>(
    `SELECT replies, replied_seq, replied_ms, repliers FROM messages
     WHERE room_id = ? AND seq = ? AND ${isSpokenRow} FOR UPDATE`,
    [BigInt(room), root],
  )

async function write(
  tx: Queryable,
  { room, root }: Pick<Thread, 'room' | 'root'>,
  thread: ThreadSummary | undefined,
): Promise<void> {
  const { replies = 0, lastSeq = null, lastAt = null, people } = thread ?? {}
  await tx.run(
    `UPDATE messages SET replies = ?, replied_seq = ?, replied_ms = ?, repliers = ?,
       updated_seq = GREATEST(updated_seq, ?) WHERE room_id = ? AND seq = ?`,
    [
      replies,
      lastSeq,
      lastAt,
      people === undefined ? null : JSON.stringify(people),
      lastSeq ?? 0,
      BigInt(room),
      root,
    ],
  )
}

interface ReplyRow {
  thread: number
  seq: number
  user_id: number | string
  user_name: string
  user_bot: number
  user_icon: string | null
  at: number
}

/** Who replied when in these threads up to a number, oldest first: what their sums are made of. Without the words. */
export async function repliesOf(
  db: Queryable,
  room: string,
  threads: readonly number[],
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<ReplyEvent[]> {
  if (threads.length === 0) return []
  const rows = await db.rows<ReplyRow>(
    `SELECT r.thread, r.seq, m.user_id, m.user_name, m.user_bot, m.user_icon, COALESCE(m.said_ms, m.log_ms) AS at
     FROM replies r STRAIGHT_JOIN messages m ON m.room_id = r.room_id AND m.seq = r.seq
     WHERE r.room_id = ? AND r.thread IN (?) AND r.seq <= ? ORDER BY r.seq`,
    [BigInt(room), [...threads], upTo],
  )
  return rows.map((row) => {
    const user: Person = { id: String(row.user_id), name: row.user_name }
    if (row.user_bot === 1) user.bot = true
    if (row.user_icon !== null) user.icon = row.user_icon
    const { thread, seq, at } = row
    return { type: 'message', room, seq, cid: '', user, text: '', at, thread }
  })
}

/** Where a page of a thread begins and ends, both exclusive; the newest first when `newest`. */
export interface Stretch {
  after: number
  before: number
  limit: number
  newest: boolean
}

/** Replies of a thread in MySQL, in the order that was asked for. Keyset paging: the cost does not grow with age. */
export async function repliesBetween(
  db: Queryable,
  room: string,
  thread: number,
  { after, before, limit, newest }: Stretch,
): Promise<Message[]> {
  const rows = await db.rows<{ seq: number }>(
    `SELECT seq FROM replies WHERE room_id = ? AND thread = ? AND seq > ? AND seq < ?
     ORDER BY seq ${newest ? 'DESC' : ''} LIMIT ?`,
    [BigInt(room), thread, after, before, limit],
  )
  const messages = await messagesAt(
    db,
    room,
    rows.map(({ seq }) => seq),
  )
  return messages.sort((a, b) => (newest ? b.seq - a.seq : a.seq - b.seq))
}
