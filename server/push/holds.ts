// Who is left alone: what comes for them waits, in MySQL, and is one summary when that is over, also after a restart in the middle of
// the night.
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { PushQueue } from './queue.ts'

export interface HoldsDeps {
  db: Db
  queue: PushQueue
  /** Until when each of these people is to be left alone; those who are not are missing. */
  heldUntil: (users: readonly string[]) => Promise<Map<string, number>>
  now: () => number
}

interface Row {
  user_id: number
  first_id: number
}

const rowsAtOnce = 200

export class Holds {
  readonly #deps: HoldsDeps

  constructor(deps: HoldsDeps) {
    this.#deps = deps
  }

  /** These notifications of somebody wait until then, whatever device they were for. */
  async hold(user: string, ids: readonly string[], untilMs: number): Promise<void> {
    const first = ids.reduce((a, b) => (BigInt(a) < BigInt(b) ? a : b))
    await this.#deps.db.transaction(async (tx) => {
      await tx.run(
        `INSERT INTO push_holds (user_id, first_id, until_ms) VALUES (?)
         ON DUPLICATE KEY UPDATE first_id = LEAST(first_id, VALUES(first_id)), until_ms = VALUES(until_ms)`,
        [[BigInt(user), BigInt(first), untilMs]],
      )
      await tx.run('DELETE FROM push_queue WHERE notification_id IN (?) AND user_id = ?', [
        ids.map(BigInt),
        BigInt(user),
      ])
    })
  }

  /** Somebody has changed when they want quiet: it is looked at again at once. */
  async changed(user: string): Promise<void> {
    await this.#deps.db.run('UPDATE push_holds SET until_ms = 0 WHERE user_id = ?', [BigInt(user)])
  }

  /** Queues the summaries of those for whom it is over. Returns when the next one is. */
  async end(): Promise<number> {
    const { db, now, heldUntil } = this.#deps
    for (;;) {
      const at = now()
      const rows = await db.rows<Row>(
        'SELECT user_id, first_id FROM push_holds WHERE until_ms <= ? ORDER BY until_ms LIMIT ?',
        [at, rowsAtOnce],
      )
      const still = await heldUntil(rows.map(({ user_id }) => String(user_id)))
      for (const row of rows) {
        const until = still.get(String(row.user_id))
        if (until === undefined) await this.#sumUp(row)
        else
          await db.run('UPDATE push_holds SET until_ms = ? WHERE user_id = ?', [
            Math.max(until, at + 1),
            row.user_id,
          ])
      }
      if (rows.length < rowsAtOnce) break
    }
    const [next] = await db.rows<{ until: number | null }>('SELECT MIN(until_ms) AS until FROM push_holds')
    return next?.until === null || next === undefined ? Infinity : Number(next.until)
  }

  /**
   * Invariant: the hold goes with the entry of its summary, in one transaction, so that there is one summary. What waits to be said by
   * itself is in it, and what the queue has not taken up yet is not: nothing is told by both.
   */
  async #sumUp({ user_id, first_id }: Row): Promise<void> {
    const { db, queue, now } = this.#deps
    await db.transaction(async (tx) => {
      const { affectedRows } = await tx.run('DELETE FROM push_holds WHERE user_id = ? AND first_id = ?', [
        user_id,
        first_id,
      ])
      const [last] = await tx.rows<{ id: number | null }>(
        'SELECT MAX(id) AS id FROM notifications WHERE user_id = ? AND id <= (SELECT read_id FROM push_head WHERE one = 1)',
        [user_id],
      )
      if (affectedRows === 0 || last === undefined || last.id === null) return
      await tx.run("DELETE FROM push_queue WHERE user_id = ? AND kind = 'new' AND notification_id <= ?", [
        user_id,
        last.id,
      ])
      await queue.enter(tx, {
        kind: 'summary',
        id: String(first_id),
        lastId: String(last.id),
        user: String(user_id),
        room: '0',
        dueMs: now(),
        untilMs: now() + limits.push.keptMs,
      })
    })
  }
}
