// The SQL of messages: rows in and rows out. Rows are kept for ever under (room, seq) and, once per person, under cid.
import type { Param, Queryable } from '../db.ts'
import type { ArchivedCid } from '../log/cid-memory.ts'
import type { Appended, Entry } from '../log/entry.ts'
import type { Notice } from '../protocol/events.ts'
import type { Message } from '../protocol/http.ts'

/** An entry as MySQL keeps it: the columns of one row, in the order of `columns`. */
export type Row = Param[]

const columns =
  'room_id, seq, kind, user_id, user_name, cid, text, reply_to, notice, log_ms, log_n, updated_seq' as const

const cidBytes = (cid: string): Buffer => Buffer.from(cid.replaceAll('-', ''), 'hex')

const cidText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The row that an entry becomes, or undefined for one that this version keeps only in the log. */
export function toRow({ id, room, seq, cid, event }: Entry): Row | undefined {
  switch (event.type) {
    case 'message': {
      const { user, text, replyTo } = event
      return [
        room,
        seq,
        'message',
        user.id,
        user.name,
        cidBytes(cid),
        text,
        replyTo ?? null,
        null,
        id.ms,
        id.n,
        seq,
      ]
    }
    case 'notice': {
      const { user, notice } = event
      return [
        room,
        seq,
        'notice',
        user.id,
        user.name,
        cidBytes(cid),
        null,
        null,
        JSON.stringify(notice),
        id.ms,
        id.n,
        seq,
      ]
    }
    case 'unknown':
      return undefined
  }
}

/**
 * Inserts rows; one that is there already stays as it is. A row whose number or cid MySQL has for another entry is refused
 * with 1048, a content error, so that it is set aside instead of vanishing.
 * Trap: INSERT IGNORE would truncate and drop instead.
 */
export async function insertMessages(tx: Queryable, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  const isSame = `messages.room_id = VALUES(room_id) AND messages.seq = VALUES(seq)
    AND messages.user_id = VALUES(user_id) AND messages.cid = VALUES(cid)`
  await tx.run(
    `INSERT INTO messages (${columns}) VALUES ? ON DUPLICATE KEY UPDATE seq = IF(${isSame}, messages.seq, NULL)`,
    [[...rows]],
  )
}

interface MessageRow {
  seq: number
  kind: string
  user_id: number | string
  user_name: string
  cid: Buffer
  text: string | null
  reply_to: number | null
  notice: string | null
  log_ms: number
  updated_seq: number
}

const selected = `SELECT seq, kind, user_id, user_name, cid, text, reply_to, notice, log_ms, updated_seq FROM messages`

function toMessage(row: MessageRow): Message {
  const said = {
    seq: row.seq,
    updatedSeq: row.updated_seq,
    user: { id: String(row.user_id), name: row.user_name },
    at: row.log_ms,
  }
  if (row.kind === 'notice')
    return { ...said, kind: 'notice', notice: JSON.parse(row.notice ?? '{}') as Notice }
  return { ...said, kind: 'message', cid: cidText(row.cid), text: row.text ?? '', replyTo: row.reply_to }
}

/** At most `limit` messages before `before` (exclusive), newest first. Keyset paging: the cost does not grow with age. */
export async function messagesBefore(
  db: Queryable,
  room: string,
  before: number,
  limit: number,
): Promise<Message[]> {
  const sql = `${selected} WHERE room_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`
  return (await db.rows<MessageRow>(sql, [room, before, limit])).map(toMessage)
}

/** At most `limit` messages between two numbers (both exclusive), oldest first. */
export async function messagesBetween(
  db: Queryable,
  room: string,
  after: number,
  before: number,
  limit: number,
): Promise<Message[]> {
  const sql = `${selected} WHERE room_id = ? AND seq > ? AND seq < ? ORDER BY seq LIMIT ?`
  return (await db.rows<MessageRow>(sql, [room, after, before, limit])).map(toMessage)
}

/** At most `limit` messages that were made or changed after the number `after`, in the order of that change. */
export async function messagesChanged(
  db: Queryable,
  room: string,
  after: number,
  limit: number,
): Promise<Message[]> {
  const sql = `${selected} WHERE room_id = ? AND updated_seq > ? ORDER BY updated_seq LIMIT ?`
  return (await db.rows<MessageRow>(sql, [room, after, limit])).map(toMessage)
}

/** The message that a person sent under this cid, whenever that was. */
export async function findCid(db: Queryable, userId: string, cid: string): Promise<Appended | undefined> {
  const sql = 'SELECT seq, log_ms AS at FROM messages WHERE user_id = ? AND cid = ?'
  const [row] = await db.rows<Appended>(sql, [userId, cidBytes(cid)])
  return row
}

const cidPage = 1_000

/** The cids of all entries of some rooms since a time, newest first in each room. No index has the time: by number. */
export async function* cidsSince(
  db: Queryable,
  rooms: Iterable<string>,
  since: number,
): AsyncGenerator<ArchivedCid[]> {
  const sql = `SELECT user_id AS user, cid, seq, log_ms AS at FROM messages WHERE room_id = ? AND seq < ?
    ORDER BY seq DESC LIMIT ${cidPage}`
  for (const room of rooms) {
    for (let before = Number.MAX_SAFE_INTEGER; before > 1;) {
      const rows = await db.rows<Omit<ArchivedCid, 'cid'> & { cid: Buffer }>(sql, [room, before])
      const page = rows.filter(({ at }) => at >= since)
      if (page.length > 0)
        yield page.map(({ user, cid, seq, at }) => ({ user: String(user), cid: cidText(cid), seq, at }))
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
}

/** Messages of others within each span, counted up to `most` a room. One statement for all rooms. */
export async function countUnread(
  db: Queryable,
  userId: string,
  spans: readonly Unread[],
  most: number,
): Promise<Map<string, number>> {
  if (spans.length === 0) return new Map()
  const one = `(SELECT ? AS room, COUNT(*) AS unread FROM (SELECT 1 FROM messages
    WHERE room_id = ? AND seq > ? AND seq < ? AND kind = 'message' AND user_id <> ? LIMIT ?) AS some)`
  const params = spans.flatMap(({ room, after, before }) => [room, room, after, before, userId, most])
  const rows = await db.rows<{ room: string; unread: number }>(
    spans.map(() => one).join(' UNION ALL '),
    params,
  )
  return new Map(rows.map(({ room, unread }) => [String(room), Number(unread)]))
}
