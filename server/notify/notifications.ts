// What was decided, for those who deliver it: to pages, by push, by mail. How to deliver:
//   1. Keep a durable position over `Notification.id`, of your own; begin at `newest()` when there is none.
//   2. Read on with `after(position)` when `onDecided` says that there is something, at your start, and now and then: the call may
//      get lost. Ids become visible in their order, so whatever is above your position has still to be delivered.
//   3. Right before each delivery ask `stillWanted`: what was read, put away, deleted or is out of reach meanwhile is not
//      delivered. Quiet hours, pauses and levels of a device are the deliverer's own.
//   4. Move the position in the transaction in which the delivery is noted. The number on a badge is `toDo`.
import type { Param } from '../db.ts'
import { later } from '../protocol/position.ts'
import { limits } from '../protocol/limits.ts'
import { notificationOf, columns, type Notification, type NotificationRow } from './told.ts'
import { toDoOf, type ToDoDeps } from './to-do.ts'
import type { AudienceDeps } from './audience.ts'

export type { Notification } from './told.ts'

export interface NotificationsDeps extends ToDoDeps {
  readTo: AudienceDeps['readTo']
}

interface WantedRow {
  id: number | string
  user_id: number | string
  room_id: number | string
  seq: number
  read_by: Notification['mark']['readBy']
  cause: Notification['mark']['cause']
  joined_seq: number | null
  read_turn: number | null
  read_seq: number | null
  thread_read: number | null
}

export class Notifications {
  readonly #deps: NotificationsDeps
  readonly #listeners = new Set<() => void>()

  constructor(deps: NotificationsDeps) {
    this.#deps = deps
  }

  /** Called in every process when somebody is told of something, without what: it is read with `after`. Returns how to end it. */
  onDecided(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Some process has decided something. */
  decided(): void {
    for (const listener of this.#listeners) listener()
  }

  /** The newest id; 0: nobody was ever told of anything. */
  async newest(): Promise<number> {
    const [row] = await this.#deps.db.rows<{ id: number | null }>('SELECT MAX(id) AS id FROM notifications')
    return Number(row?.id ?? 0)
  }

  /** The next ones after an id (exclusive), in their order; those that are not wanted any more too. */
  async after(id: number, limit: number): Promise<Notification[]> {
    const rows = await this.#deps.db.rows<NotificationRow>(
      `SELECT ${columns} FROM notifications n WHERE n.id > ? ORDER BY n.id LIMIT ?`,
      [id, limit],
    )
    return rows.map(notificationOf)
  }

  /** The ids of those that have still to be delivered, at this moment. */
  async stillWanted(notifications: readonly Pick<Notification, 'id'>[]): Promise<Set<number>> {
    if (notifications.length === 0) return new Set()
    const ids: Param[] = notifications.map(({ id }) => id)
    const rows = await this.#deps.db.rows<WantedRow>(
      `SELECT n.id, n.user_id, n.room_id, n.seq, n.read_by, n.cause, m.joined_seq, m.read_turn, m.read_seq,
         f.read_seq AS thread_read
       FROM notifications n
       LEFT JOIN memberships m ON m.user_id = n.user_id AND m.room_id = n.room_id
       LEFT JOIN followed_threads f ON f.user_id = n.user_id AND f.room_id = n.room_id AND f.thread = n.thread_root
       WHERE n.id IN (?) AND n.done_ms IS NULL AND n.gone_seq IS NULL`,
      [ids],
    )
    return new Set(rows.filter((row) => this.#isOpen(row)).map(({ id }) => Number(id)))
  }

  /** How many things each of these people has to do: the number of every badge; at most limits.inbox.marks. */
  async toDo(users: readonly string[]): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    for (const user of users) counts.set(user, (await toDoOf(this.#deps, user, limits.inbox.marks)).length)
    return counts
  }

  #isOpen(row: WantedRow): boolean {
    if (row.cause === 'report') return true
    if (row.joined_seq === null || row.read_seq === null) return false
    const seq = Number(row.seq)
    if (seq <= Number(row.joined_seq)) return row.read_by === 'hand'
    const kept = { generation: Number(row.read_turn ?? 0), seq: Number(row.read_seq) }
    switch (row.read_by) {
      case 'room':
        return seq > later(kept, this.#deps.readTo(String(row.user_id), String(row.room_id))).seq
      case 'thread':
        return seq > Number(row.thread_read ?? 0)
      case 'hand':
        return true
    }
  }
}
