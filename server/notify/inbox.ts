// Somebody's inbox: what they were told of, page by page, with each message as it is now; and putting away.
import type { Db, Param } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Message } from '../protocol/http.ts'
import type { InboxAnswer, InboxDoneBody, InboxEntry, InboxFilter, InboxMark } from '../protocol/inbox.ts'
import { limits } from '../protocol/limits.ts'
import { placeKey } from '../protocol/place-key.ts'
import { isSpoken } from '../protocol/timeline.ts'
import { mayStillSee, notBlocked, toDoOf, type ToDoDeps } from './to-do.ts'
import { columns, markOf, type NotificationRow } from './told.ts'

export interface InboxDeps extends ToDoDeps {
  db: Db
  history: Pick<History, 'messages'>
}

export interface InboxPage {
  /** The id at which the page before ended. */
  after: number | undefined
  limit: number
  filter: InboxFilter
}

/** Rows that stand together, the newest first. */
interface Group {
  newest: NotificationRow
  oldest: number
  count: number
  todo: boolean
}

/** What a page may show, and how far it has read. */
interface Found {
  groups: Group[]
  next: number | undefined
}

export class InboxList {
  readonly #deps: InboxDeps

  constructor(deps: InboxDeps) {
    this.#deps = deps
  }

  async marks(user: string): Promise<{ marks: InboxMark[] }> {
    return { marks: (await toDoOf(this.#deps, user, limits.inbox.marks)).map(markOf) }
  }

  async page(user: string, query: InboxPage): Promise<InboxAnswer | Refusal> {
    const todo = await toDoOf(this.#deps, user, limits.inbox.marks)
    const found =
      query.filter === 'todo'
        ? pageOf(
            grouped(todo, () => true),
            query,
          )
        : await this.#older(user, todo, query)
    const messages = await this.#messages(found.groups)
    if ('code' in messages) return messages
    const entries = found.groups.flatMap((group) => entryOf(group, messages))
    return { entries, todo: todo.length, next: found.next === undefined ? null : String(found.next) }
  }

  /**
   * Puts away what is to do of these. Answers how many, and the number by which it can be taken back. Limit: what two requests put away
   * in the same millisecond is taken back together.
   */
  async done(user: string, body: InboxDoneBody, now: number): Promise<{ done: number; undo: number }> {
    const todo = await toDoOf(this.#deps, user, limits.inbox.marks)
    const those = todo.filter((row) => isMeant(row, body)).map(({ id }): Param => id)
    if (those.length === 0) return { done: 0, undo: now }
    const { affectedRows } = await this.#deps.db.run(
      'UPDATE notifications SET done_ms = ? WHERE user_id = ? AND id IN (?) AND done_ms IS NULL',
      [now, BigInt(user), those],
    )
    return { done: affectedRows, undo: now }
  }

  /** False: there is nothing of that any more. */
  async undo(user: string, undo: number, now: number): Promise<boolean> {
    if (undo < now - limits.notify.undoMs) return false
    const { affectedRows } = await this.#deps.db.run(
      'UPDATE notifications SET done_ms = NULL WHERE user_id = ? AND done_ms = ?',
      [BigInt(user), undo],
    )
    return affectedRows > 0
  }

  /** All ages, newest first, without what may not be seen any more. */
  async #older(user: string, todo: readonly NotificationRow[], query: InboxPage): Promise<Found> {
    const { db, memberships } = this.#deps
    const isToDo = new Set(todo.map(({ id }) => String(id)))
    const joined = new Set((await memberships.roomsOf(user)).map(({ id }) => id))
    const named = query.filter === 'mentions' ? "AND n.cause IN ('mention', 'group')" : ''
    const rows: NotificationRow[] = []
    let after = query.after ?? Number.MAX_SAFE_INTEGER
    // One more than fit: whether there is another page.
    const wanted = query.limit + 1
    for (let reads = 0; reads < limits.inbox.reads && rows.length < wanted; reads += 1) {
      const read = await db.rows<NotificationRow>(
        `SELECT ${columns} FROM notifications n
         WHERE n.user_id = ? AND n.id < ? AND n.gone_seq IS NULL AND ${notBlocked} ${named} ORDER BY n.id DESC LIMIT ?`,
        [BigInt(user), after, wanted],
      )
      const seen = read.filter((row) => mayStillSee(row, joined))
      rows.push(...(query.filter === 'done' ? seen.filter(({ id }) => !isToDo.has(String(id))) : seen))
      const last = read.at(-1)
      if (last === undefined || read.length < wanted) {
        after = 0
        break
      }
      after = Number(last.id)
    }
    const shown = rows.slice(0, query.limit)
    const more = rows.length > query.limit ? Number(shown.at(-1)?.id) : after === 0 ? undefined : after
    return { groups: neighbours(shown, ({ id }) => isToDo.has(String(id))), next: more }
  }

  async #messages(groups: readonly Group[]): Promise<Map<string, Message> | Refusal> {
    const found = new Map<string, Message>()
    const rooms = new Set(groups.map(({ newest }) => String(newest.room_id)))
    for (const room of rooms) {
      const own = groups.filter(({ newest }) => String(newest.room_id) === room)
      const messages = await this.#deps.history.messages(room, [
        ...new Set(own.map(({ newest }) => Number(newest.seq))),
      ])
      if ('code' in messages) return messages
      for (const message of messages) found.set(placeKey(room, message.seq), message)
    }
    return found
  }
}

/** Of one room, one thread, or one that stands alone. */
function placeOf(row: NotificationRow): string {
  if (row.read_by === 'hand' || row.cause === 'reminder') return `one ${row.id}`
  return row.read_by === 'thread' ? `${row.room_id} ${row.thread_root}` : String(row.room_id)
}

/** All of a place together, where its newest is. `rows`: newest first. */
function grouped(rows: readonly NotificationRow[], isToDo: (row: NotificationRow) => boolean): Group[] {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const group = groups.get(placeOf(row))
    if (group === undefined) groups.set(placeOf(row), groupOf(row, isToDo))
    else join(group, row)
  }
  return [...groups.values()]
}

/** Only those that follow each other, and are equally to do. */
function neighbours(rows: readonly NotificationRow[], isToDo: (row: NotificationRow) => boolean): Group[] {
  const groups: Group[] = []
  for (const row of rows) {
    const last = groups.at(-1)
    const isSame = last !== undefined && placeOf(last.newest) === placeOf(row) && last.todo === isToDo(row)
    if (isSame) join(last, row)
    else groups.push(groupOf(row, isToDo))
  }
  return groups
}

const groupOf = (row: NotificationRow, isToDo: (row: NotificationRow) => boolean): Group => ({
  newest: row,
  oldest: Number(row.seq),
  count: 1,
  todo: isToDo(row),
})

function join(group: Group, row: NotificationRow): void {
  group.count += 1
  group.oldest = Math.min(group.oldest, Number(row.seq))
}

function pageOf(groups: readonly Group[], { after = Infinity, limit }: InboxPage): Found {
  const rest = groups.filter(({ newest }) => Number(newest.id) < after)
  const shown = rest.slice(0, limit)
  return { groups: shown, next: rest.length > limit ? Number(shown.at(-1)?.newest.id) : undefined }
}

/** What was deleted a moment ago, before it was taken away here, is not shown either. */
function entryOf(
  { newest, oldest, count, todo }: Group,
  messages: ReadonlyMap<string, Message>,
): InboxEntry[] {
  const message = messages.get(placeKey(String(newest.room_id), Number(newest.seq)))
  const isThere = message !== undefined && isSpoken(message) && message.deletedAt === null
  if (!isThere && newest.cause !== 'report') return []
  return [
    {
      id: Number(newest.id),
      ...markOf(newest),
      at: Number(newest.at_ms),
      todo,
      count,
      first: oldest,
      message: isThere && newest.cause !== 'report' ? message : null,
    },
  ]
}

function isMeant(row: NotificationRow, body: InboxDoneBody): boolean {
  if ('ids' in body) return body.ids.includes(Number(row.id))
  if (Number(row.id) > body.upTo) return false
  if (!('room' in body)) return true
  if (String(row.room_id) !== body.room) return false
  return body.thread === undefined
    ? row.read_by === 'room'
    : row.read_by === 'thread' && Number(row.thread_root) === body.thread
}
