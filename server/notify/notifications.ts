// What was decided, for those who deliver it: to pages, by push, by mail. How to deliver:
//   1. Keep a durable position over `Notification.id`, of your own; begin at `newest()` when there is none.
//   2. Read on with `after(position)` when `onDecided` says that there is something, at your start, and now and then: the call may
//      get lost. Ids become visible in their order, so whatever is above your position has still to be delivered.
//   3. Right before each delivery ask `stillWanted` (wanted.ts): what was read, put away, deleted, blocked, muted or is out of reach
//      meanwhile is not delivered. Quiet hours and pauses are the deliverer's own.
//   4. Move the position in the transaction in which the delivery is noted. The number on a badge is `toDo`.
import { group } from '../channel/group.ts'
import { limits } from '../protocol/limits.ts'
import { notificationOf, columns, type Notification, type NotificationRow } from './told.ts'
import { toDoOf, type ToDoDeps } from './to-do.ts'
import { countToDo } from './to-do-counts.ts'
import { stillWanted, type WantedDeps } from './wanted.ts'

export type { Notification } from './told.ts'

/** Some statements each: the rest of the connections to MySQL is for others. */
const countedAtOnce = 4

export type NotificationsDeps = ToDoDeps & WantedDeps

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

  /** Of these ids, those that have still to be delivered, at this moment. */
  stillWanted(ids: readonly string[]): Promise<Set<string>> {
    return stillWanted(this.#deps, ids)
  }

  /** How many things each of these people has to do: the number of every badge; at most limits.inbox.marks. */
  async toDo(users: readonly string[]): Promise<Map<string, number>> {
    const { counts, behind } = await countToDo(this.#deps, users)
    await group(behind, countedAtOnce, async (user) => {
      counts.set(user, (await toDoOf(this.#deps, user, limits.inbox.marks)).length)
    })
    for (const [user, count] of counts) counts.set(user, Math.min(count, limits.inbox.marks))
    return counts
  }
}
