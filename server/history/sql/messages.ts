// The SQL of messages: rows in and rows out. Rows are kept for ever under (room, seq) and, once per person, under cid.
import type { Db, Param, Queryable } from '../../db.ts'
import type { ArchivedCid } from '../../log/cid-memory.ts'
import type { Appended, Entry } from '../../log/entry.ts'
import type { Notice } from '../../protocol/events.ts'
import type { Mention, Message, Reaction } from '../../protocol/http.ts'
import { limits } from '../../protocol/limits.ts'
import type { Person } from '../../protocol/people.ts'
import { pinsOf, type Pinned } from '../pins.ts'
import { loadAll } from './load.ts'
import { reactionsOf } from './reactions.ts'
import { threadOf, type ThreadColumns } from './thread-row.ts'

/** An entry as MySQL keeps it: the columns of one row, in the order of `columns`. */
export type Row = Param[]

const columns =
  'room_id, seq, kind, user_id, user_name, user_bot, user_icon, cid, text, mentions, reply_to, notice, log_ms, log_n, ' +
  'said_ms, edited_ms, updated_seq, thread, also_in_room'

export const cidBytes = (cid: string): Buffer => Buffer.from(cid.replaceAll('-', ''), 'hex')

export const mentionsJson = (mentions: readonly Mention[] | undefined): string | null =>
  mentions === undefined || mentions.length === 0 ? null : JSON.stringify(mentions)

const cidText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The row that a message or a notice becomes; undefined for every other entry. */
export function toRow({ id, room, seq, cid, event }: Entry): Row | undefined {
  if (event.type !== 'message' && event.type !== 'notice') return undefined
  const { type, user, at } = event
  const isSpoken = type === 'message'
  const saidAt = at === id.ms ? null : at
  const text = isSpoken ? event.text : null
  const mentions = isSpoken ? mentionsJson(event.mentions) : null
  const replyTo = isSpoken ? (event.replyTo ?? null) : null
  const notice = isSpoken ? null : JSON.stringify(event.notice)
  const editedAt = isSpoken ? (event.editedAt ?? null) : null
  const isBot = user.bot === true ? 1 : 0
  const thread = isSpoken ? (event.thread ?? null) : null
  const isInRoom = isSpoken && event.alsoInRoom === true ? 1 : 0
  // prettier-ignore
  return [
    room, seq, type, user.id, user.name, isBot, user.icon ?? null, cidBytes(cid),
    text, mentions, replyTo, notice, id.ms, id.n, saidAt, editedAt, seq,
    thread, isInRoom,
  ]
}

/** Inserts rows of messages and notices; one that is there already stays as it is. Inside a transaction. */
export async function insertMessages(tx: Queryable, rows: readonly Row[]): Promise<void> {
  if (!(await loadAll(tx, 'messages', columns, rows))) await insertOnce(tx, 'messages', columns, rows)
}

/**
 * Inserts rows under (room_id, seq) and (user_id, cid). A row whose number or cid MySQL has for another entry is refused
 * with 1048, a content error, so that it is set aside instead of vanishing.
 * Trap: INSERT IGNORE would truncate and drop instead.
 */
export async function insertOnce(
  tx: Queryable,
  table: 'messages' | 'changes',
  names: string,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return
  const isSame = ['room_id', 'seq', 'user_id', 'cid']
    .map((name) => `${table}.${name} = VALUES(${name})`)
    .join(' AND ')
  const sql = `INSERT INTO ${table} (${names}) VALUES ? ON DUPLICATE KEY UPDATE seq = IF(${isSame}, ${table}.seq, NULL)`
  for (const part of statements(rows)) await tx.run(sql, [part])
}

/** Parts that fit one statement; a row that is larger than that is a part of its own. */
function* statements(rows: readonly Row[]): Generator<Row[]> {
  const { rows: most, bytes: mostBytes } = limits.sync.statement
  let part: Row[] = []
  let bytes = 0
  for (const row of rows) {
    const size = row.reduce<number>(
      (sum, value) => sum + (typeof value === 'string' ? 3 * value.length : 20),
      64,
    )
    if (part.length === most || (part.length > 0 && bytes + size > mostBytes)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(row)
    bytes += size
  }
  if (part.length > 0) yield part
}

interface MessageRow extends ThreadColumns {
  seq: number
  kind: string
  user_id: number | string
  user_name: string
  user_bot: number
  user_icon: string | null
  cid: Buffer
  text: string | null
  mentions: string | null
  reply_to: number | null
  notice: string | null
  log_ms: number
  said_ms: number | null
  edited_ms: number | null
  deleted_ms: number | null
  is_reacted: number
  is_pinned: number
  updated_seq: number
  thread: number | null
  also_in_room: number
}

const selected = `SELECT seq, kind, user_id, user_name, user_bot, user_icon, cid, text, mentions, reply_to, notice, log_ms,
  said_ms, edited_ms, deleted_ms, is_reacted, is_pinned, updated_seq, thread, also_in_room, replies, replied_seq, replied_ms,
  repliers FROM messages`

/** What a room shows: not the replies that are in their threads alone. */
const inRoom = '(thread IS NULL OR also_in_room = 1)'
export type View = 'room' | undefined
const seenIn = (view: View): string => (view === 'room' ? `AND ${inRoom}` : '')

/** Rows as a person reads them, with their reactions and pins: one more statement for each where there are any. */
async function toMessages(db: Queryable, room: string, rows: readonly MessageRow[]): Promise<Message[]> {
  const marked = (mark: 'is_reacted' | 'is_pinned'): number[] =>
    rows.filter((row) => row[mark] === 1 && row.deleted_ms === null).map(({ seq }) => seq)
  const reactions = await reactionsOf(db, room, marked('is_reacted'))
  const pins = await pinsOf(db, room, marked('is_pinned'))
  return rows.map((row) => toMessage(row, reactions.get(row.seq) ?? [], pins.get(row.seq)))
}

function toMessage(row: MessageRow, reactions: Reaction[], pinned: Pinned | undefined): Message {
  const user: Person = { id: String(row.user_id), name: row.user_name }
  if (row.user_bot === 1) user.bot = true
  if (row.user_icon !== null) user.icon = row.user_icon
  const said = { seq: row.seq, updatedSeq: row.updated_seq, user, at: row.said_ms ?? row.log_ms }
  const threaded = threadOf(row)
  if (row.kind === 'notice')
    return { ...said, kind: 'notice', notice: JSON.parse(row.notice ?? '{}') as Notice }
  return {
    ...{ ...said, kind: 'message', cid: cidText(row.cid), text: row.text ?? '', replyTo: row.reply_to },
    ...{ editedAt: row.edited_ms, deletedAt: row.deleted_ms, reactions },
    ...(row.mentions === null ? {} : { mentions: JSON.parse(row.mentions) as Mention[] }),
    ...pinned,
    ...(row.thread === null ? {} : { thread: row.thread }),
    ...(row.also_in_room === 1 ? { alsoInRoom: true } : {}),
    ...(threaded === undefined ? {} : { threaded }),
  }
}

/** At most `limit` messages before `before` (exclusive), newest first. Keyset paging: the cost does not grow with age. */
export async function messagesBefore(
  db: Queryable,
  room: string,
  before: number,
  limit: number,
  view?: View,
): Promise<Message[]> {
  const sql = `${selected} WHERE room_id = ? AND seq < ? ${seenIn(view)} ORDER BY seq DESC LIMIT ?`
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
  const sql = `${selected} WHERE room_id = ? AND seq > ? AND seq < ? ${seenIn(view)} ORDER BY seq LIMIT ?`
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
  const sql = `${selected} WHERE room_id = ? AND seq IN (?)`
  return toMessages(db, room, await db.rows<MessageRow>(sql, [room, [...seqs]]))
}

/**
 * What a reader at `at` has missed, in one view of the rows: messages made after it, by their number, and messages made
 * before it and changed after it, by their last change; at most `limit` of each.
 */
export async function messagesAndChanges(
  db: Db,
  room: string,
  at: number,
  limit: number,
): Promise<{ made: Message[]; changed: Message[] }> {
  return db.transaction(async (tx) => {
    const made = await messagesBetween(tx, room, at, Number.MAX_SAFE_INTEGER, limit)
    const last = await tx.rows<{ target: number }>(
      `SELECT target FROM changes WHERE room_id = ? AND seq > ? AND target <= ?
       GROUP BY target ORDER BY MAX(seq) LIMIT ?`,
      [room, at, at, limit],
    )
    const targets = last.map(({ target }) => target)
    const changed = await messagesAt(tx, room, targets)
    return { made, changed: changed.sort((a, b) => a.updatedSeq - b.updatedSeq) }
  })
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
export async function findCid(db: Queryable, userId: string, cid: string): Promise<Appended | undefined> {
  const of = 'user_id = ? AND cid = ?'
  const sql = `SELECT seq, log_ms AS at FROM messages WHERE ${of} UNION ALL SELECT seq, log_ms FROM changes WHERE ${of}`
  const [row] = await db.rows<Appended>(sql, [userId, cidBytes(cid), userId, cidBytes(cid)])
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
    `(SELECT user_id AS user, cid, seq, log_ms AS at FROM ${table} WHERE room_id = ? AND seq < ?
      ORDER BY seq DESC LIMIT ${cidPage})`
  const sql = `${from('messages')} UNION ALL ${from('changes')} ORDER BY seq DESC LIMIT ${cidPage}`
  for (const room of rooms) {
    for (let before = Number.MAX_SAFE_INTEGER; before > 1;) {
      const params = [room, before, room, before]
      const rows = await db.rows<Omit<ArchivedCid, 'cid'> & { cid: Buffer }>(sql, params)
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
    WHERE room_id = ? AND seq > ? AND seq < ? AND kind = 'message' AND deleted_ms IS NULL AND user_id <> ?
      AND ${inRoom} LIMIT ?) AS some)`
  const params = spans.flatMap(({ room, after, before }) => [room, room, after, before, userId, most])
  const rows = await db.rows<{ room: string; unread: number }>(
    spans.map(() => one).join(' UNION ALL '),
    params,
  )
  return new Map(rows.map(({ room, unread }) => [String(room), Number(unread)]))
}
