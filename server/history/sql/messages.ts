// The SQL of messages: read by number, counted, and found under their cid. Rows are kept for ever under (room, seq).
import type { Param, Queryable } from '../../db.ts'
import type { ArchivedCid, KeptCid } from '../../log/cid-memory.ts'
import type { Appended } from '../../log/entry.ts'
import type { ErasedEvent } from '../../protocol/entries/erased.ts'
import type { Message } from '../../protocol/http.ts'
import { isSpokenRow, type MessageRow } from '../entries/kind.ts'
import { cidBytes, cidText } from './insert.ts'
import { selectFirst, selectMessages, toMessages } from './message-row.ts'

/** What a room shows: not the replies that are in their threads alone. */
export const inRoom = '(thread IS NULL OR also_in_room = 1)'
export type View = 'room' | undefined
const seenIn = (view: View): string => (view === 'room' ? `AND ${inRoom}` : '')

/** At most `limit` messages before `before` (exclusive), newest first. Keyset paging: the cost does not grow with age. */
export async function messagesBefore(
  db: Queryable,
  room: string,
  before: number,
  limit: number,
  view?: View,
): Promise<Message[]> {
  const sql = `${selectMessages} WHERE room_id = ? AND seq < ? ${seenIn(view)} ORDER BY seq DESC LIMIT ?`
  return toMessages(db, room, await db.rows<MessageRow>(sql, [room, before, limit]))
}

/** At most `limit` messages between two numbers (both exclusive), oldest first. */
export async function messagesBetween(
  db: Queryable,
  room: string,
  after: number,
  before: number,
  limit: number,
  view?: View,
): Promise<Message[]> {
  const sql = `${selectMessages} WHERE room_id = ? AND seq > ? AND seq < ? ${seenIn(view)} ORDER BY seq LIMIT ?`
  return toMessages(db, room, await db.rows<MessageRow>(sql, [room, after, before, limit]))
}

/** An entry that made or changed a message: its own number, the message's, and whose thread it is a reply in. */
export interface Touch {
  at: number
  message: number
  thread: number | null
}

/** The first `limit` entries of the archive after the number `after`, and the messages they made or changed. */
export async function touchedAfter(
  db: Queryable,
  room: string,
  after: number,
  limit: number,
): Promise<Touch[]> {
  // Trap: ORDER BY would mean an alias, so none of them is called like a column.
  const from = (table: string, message: string, thread: string): string =>
    `(SELECT seq AS at, ${message} AS message, ${thread} AS thread FROM ${table} WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?)`
  const sql = `${from('messages', 'seq', 'thread')} UNION ALL ${from('changes', 'target', 'NULL')} ORDER BY at LIMIT ?`
  return db.rows<Touch>(sql, [room, after, limit, room, after, limit, limit])
}

/** The messages with these numbers, in no order; those that are not in MySQL are left out. */
export async function messagesAt(db: Queryable, room: string, seqs: readonly number[]): Promise<Message[]> {
  if (seqs.length === 0) return []
  const sql = `${selectMessages} WHERE room_id = ? AND seq IN (?)`
  return toMessages(db, room, await db.rows<MessageRow>(sql, [room, [...seqs]]))
}

/** ... as they were said first. */
export async function firstMessages(
  db: Queryable,
  room: string,
  seqs: readonly number[],
): Promise<Message[]> {
  if (seqs.length === 0) return []
  const sql = `${selectFirst} WHERE room_id = ? AND seq IN (?)`
  return toMessages(db, room, await db.rows<MessageRow>(sql, [BigInt(room), [...seqs]]))
}

/** The highest number up to `upTo` that the log gave before a time; 0 when there is none. */
export async function lastSaidBefore(
  db: Queryable,
  room: string,
  upTo: number,
  since: number,
): Promise<number> {
  const sql =
    'SELECT seq FROM messages WHERE room_id = ? AND seq <= ? AND log_ms < ? ORDER BY seq DESC LIMIT 1'
  const [row] = await db.rows<{ seq: number }>(sql, [room, upTo, since])
  return row?.seq ?? 0
}

/** The entry that a person sent under this cid, whenever that was. */
export async function findCid(db: Queryable, userId: string, cid: string): Promise<KeptCid | undefined> {
  const from = (table: string): string =>
    `SELECT seq, log_ms AS at, room_id AS room, kind FROM ${table} WHERE user_id = ? AND cid = ?`
  const sql = `${from('messages')} UNION ALL ${from('changes')}`
  const [row] = await db.rows<KeptCid>(sql, [userId, cidBytes(cid), userId, cidBytes(cid)])
  return row && { ...row, room: String(row.room) }
}

/** The change of message `target`, or the reply in its thread, that a person sent under this cid. */
export async function findChangeOf(
  db: Queryable,
  userId: string,
  { room, seq: target, cid }: { room: string; seq: number; cid: string },
): Promise<Appended | undefined> {
  const from = (table: string, column: string): string =>
    `SELECT seq, log_ms AS at FROM ${table} WHERE user_id = ? AND cid = ? AND room_id = ? AND ${column} = ?`
  const one = [userId, cidBytes(cid), BigInt(room), target]
  const sql = `${from('changes', 'target')} UNION ALL ${from('messages', 'thread')}`
  const [row] = await db.rows<Appended>(sql, [...one, ...one])
  return row
}

const cidPage = 1_000

/** The cids of all entries of some rooms since a time, newest first in each room. No index has the time: by number. */
export async function* cidsSince(
  db: Queryable,
  rooms: Iterable<string>,
  since: number,
): AsyncGenerator<ArchivedCid[]> {
  const from = (table: string): string =>
    `(SELECT user_id AS user, cid, seq, log_ms AS at, kind FROM ${table} WHERE room_id = ? AND seq < ?
      ORDER BY seq DESC LIMIT ${cidPage})`
  const sql = `${from('messages')} UNION ALL ${from('changes')} ORDER BY seq DESC LIMIT ${cidPage}`
  for (const room of rooms) {
    for (let before = Number.MAX_SAFE_INTEGER; before > 1;) {
      const params = [room, before, room, before]
      const rows = await db.rows<Omit<ArchivedCid, 'cid' | 'room'> & { cid: Buffer }>(sql, params)
      const page = rows.filter(({ at }) => at >= since)
      if (page.length > 0)
        yield page.map((row) => ({ ...row, room, user: String(row.user), cid: cidText(row.cid) }))
      if (page.length < cidPage) break
      before = rows.at(-1)?.seq ?? 0
    }
  }
}

/** Where unread messages of a room begin and end, both exclusive. */
export interface Unread {
  room: string
  after: number
  before: number
  /** Numbers that do not count, though MySQL still has their messages; at least one. */
  except: number[]
  /** Nor do the messages of these people, or of everybody, between these numbers, both inclusive. */
  hidden: readonly Pick<ErasedEvent, 'person' | 'from' | 'to'>[]
}

/** Of a message `m` in such a span. */
export const notHidden = ({ hidden }: Unread): string =>
  hidden
    .map(({ person }) =>
      person === undefined
        ? 'AND m.seq NOT BETWEEN ? AND ?'
        : 'AND NOT (m.user_id = ? AND m.seq BETWEEN ? AND ?)',
    )
    .join(' ')
export const hiddenParams = ({ hidden }: Unread): Param[] =>
  hidden.flatMap(({ person, from, to }) => [...(person === undefined ? [] : [BigInt(person.id)]), from, to])

/** Messages of others within each span, counted up to `most` a room. One statement for all rooms. */
export async function countUnread(
  db: Queryable,
  userId: string,
  spans: readonly Unread[],
  max: number,
): Promise<Map<string, number>> {
  if (spans.length === 0) return new Map()
  const one = (span: Unread): string => `(SELECT ? AS room, COUNT(*) AS unread FROM (SELECT 1 FROM messages m
    WHERE room_id = ? AND seq > ? AND seq < ? AND seq NOT IN (?) AND ${isSpokenRow} AND deleted_ms IS NULL
      AND user_id <> ? AND ${inRoom} ${notHidden(span)} LIMIT ?) AS some)`
  const params = spans.flatMap((span): Param[] => {
    const { room, after, before, except } = span
    return [room, room, after, before, except, userId, ...hiddenParams(span), max]
  })
  const rows = await db.rows<{ room: string; unread: number }>(spans.map(one).join(' UNION ALL '), params)
  return new Map(rows.map(({ room, unread }) => [String(room), Number(unread)]))
}
