// Tells people that something changed in the queue, or for a report of theirs, on all their connections; what it is they read
// over HTTP. Lost while Redis is away: browsers ask again when they reconnect.
import type { Bus } from '../bus.ts'
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'

export interface QueueNewsDeps {
  db: Db
  bus: Pick<Bus, 'publish'>
  onError: (error: unknown, where: string) => void
}

export class QueueNews {
  readonly #deps: QueueNewsDeps

  constructor(deps: QueueNewsDeps) {
    this.#deps = deps
  }

  /** For administrators, and the moderators and owners of the room. Never rejects. */
  async changed(room: string): Promise<void> {
    const { db, onError } = this.#deps
    const rows = await db
      .rows<{ id: number }>(
        `SELECT id FROM users WHERE is_admin = 1
         UNION SELECT user_id FROM memberships WHERE room_id = ? AND role IN ('owner', 'moderator') LIMIT ?`,
        [BigInt(room), limits.reports.told],
      )
      .catch((error: unknown) => {
        onError(error, 'telling moderators of a report')
        return []
      })
    for (const { id } of rows) this.#tell(String(id), 'queue')
  }

  answered(people: readonly string[]): void {
    for (const id of people) this.#tell(id, 'own')
  }

  #tell(user: string, about: 'queue' | 'own'): void {
    this.#deps.bus.publish({ kind: 'event', user, event: { type: 'reports', about } })
  }
}
