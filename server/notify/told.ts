// What was decided: rows of `notifications`, written many at once.
import type { Queryable } from '../db.ts'
import type { InboxMark } from '../protocol/inbox.ts'
import { limits } from '../protocol/limits.ts'

/** One cause of one message, and everybody who is told of it for that cause. */
export interface Told {
  mark: InboxMark
  by: string
  at: number
  users: readonly string[]
}

/** The columns of a row, in `notifications n`. */
export const columns =
  'n.id, n.user_id, n.room_id, n.seq, n.event, n.thread_root, n.cause, n.read_by, n.by_id, n.at_ms, n.decided_ms'

/** A row as it was written. */
export interface NotificationRow {
  id: number | string
  user_id: number | string
  room_id: number | string
  seq: number
  event: string
  thread_root: number | null
  cause: InboxMark['cause']
  read_by: InboxMark['readBy']
  by_id: number | string
  at_ms: number
  decided_ms: number
}

/** Somebody is told of something: what deliverers read. */
export interface Notification {
  /** In the order in which they were decided. */
  id: number
  user: string
  mark: InboxMark
  by: string
  /** When it was said, in ms since 1970. */
  at: number
}

export const notificationOf = (row: NotificationRow): Notification => ({
  id: Number(row.id),
  user: String(row.user_id),
  mark: markOf(row),
  by: String(row.by_id),
  at: Number(row.at_ms),
})

export const markOf = (row: NotificationRow): InboxMark => ({
  room: String(row.room_id),
  seq: Number(row.seq),
  event: row.event,
  ...(row.thread_root === null ? {} : { thread: Number(row.thread_root) }),
  cause: row.cause,
  readBy: row.read_by,
})

/**
 * Writes them, and answers those that were not written before. All values are numbers, or words of the registries: a text of ten
 * thousand rows is made without escaping each of them.
 */
export async function writeTold(tx: Queryable, told: readonly Told[], now: number): Promise<Told[]> {
  const values = told.flatMap(({ mark, by, at, users }) => {
    const rest = restOf(mark, by, at, now)
    return users.map((user) => `(${idText(user)},${rest})`)
  })
  if (values.length === 0) return []
  const [newest] = await tx.rows<{ id: number | null }>('SELECT MAX(id) AS id FROM notifications')
  let written = 0
  for (let from = 0; from < values.length; from += limits.notify.rows) {
    const some = values.slice(from, from + limits.notify.rows).join(',')
    const { affectedRows } = await tx.run(`INSERT IGNORE INTO notifications
      (user_id, room_id, seq, event, thread_root, cause, read_by, by_id, at_ms, decided_ms) VALUES ${some}`)
    written += affectedRows
  }
  if (written === values.length) return [...told]
  return written === 0 ? [] : onlyThose(told, await writtenAfter(tx, newest?.id ?? 0))
}

function restOf({ room, seq, event, thread, cause, readBy }: InboxMark, by: string, at: number, now: number) {
  const words = [event, cause, readBy].map((word) => {
    if (!/^[a-z0-9.]*$/.test(word)) throw new Error(`no word of a notification: ${word}`)
    return `'${word}'`
  })
  const [eventText, causeText, readByText] = words
  const numbers = [seq, thread ?? null, at, now].map((number) => {
    if (number !== null && !Number.isSafeInteger(number)) throw new Error(`no number: ${number}`)
    return number === null ? 'NULL' : String(number)
  })
  const [seqText, threadText, atText, nowText] = numbers
  return `${idText(room)},${seqText},${eventText},${threadText},${causeText},${readByText},${idText(by)},${atText},${nowText}`
}

function idText(id: string): string {
  if (!/^\d{1,19}$/.test(id)) throw new Error(`no id: ${id}`)
  return id
}

async function writtenAfter(tx: Queryable, id: number): Promise<Set<string>> {
  const rows = await tx.rows<NotificationRow>(`SELECT ${columns} FROM notifications n WHERE n.id > ?`, [id])
  return new Set(rows.map((row) => keyOf(markOf(row), String(row.user_id))))
}

const onlyThose = (told: readonly Told[], written: ReadonlySet<string>): Told[] =>
  told
    .map((one) => ({ ...one, users: one.users.filter((user) => written.has(keyOf(one.mark, user))) }))
    .filter(({ users }) => users.length > 0)

const keyOf = ({ room, seq, event }: InboxMark, user: string): string => `${user} ${room} ${seq} ${event}`

/** Of the newest rows, whoever was told since a time, in ms. */
export async function usersToldSince(db: Queryable, since: number): Promise<string[]> {
  const rows = await db.rows<{ user_id: number | string; decided_ms: number | string }>(
    'SELECT user_id, decided_ms FROM notifications ORDER BY id DESC LIMIT ?',
    [limits.notify.rows],
  )
  const late = rows.filter(({ decided_ms }) => Number(decided_ms) >= since)
  return [...new Set(late.map(({ user_id }) => String(user_id)))]
}
