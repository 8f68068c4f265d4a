// A cursor of another epoch: the log was wiped or rolled back since, and may have assigned numbers again that the bot
// already received. Its positions go back to before the cursor was made: receiving twice is better than not at all.
import type { Db } from '../db.ts'
import { lastSaidBefore } from '../history/sql/messages.ts'
import type { Log } from '../log/log.ts'
import { limits } from '../protocol/limits.ts'

export interface RewindDeps {
  db: Db
  log: Pick<Log, 'tail'>
}

export class Rewind {
  readonly #deps: RewindDeps

  constructor(deps: RewindDeps) {
    this.#deps = deps
  }

  /** `madeAt`: when the cursor was made, by the servers' clocks, which may differ by limits.bots.clocksMs. */
  async places(places: ReadonlyMap<string, number>, madeAt: number): Promise<Map<string, number>> {
    const since = madeAt - limits.bots.clocksMs
    const moved = new Map<string, number>()
    for (const [room, seq] of places) moved.set(room, Math.min(seq, await this.#lastBefore(room, seq, since)))
    return moved
  }

  /** The newest number up to `seq` that was assigned before `since`. Memory first, and MySQL below it. */
  async #lastBefore(room: string, seq: number, since: number): Promise<number> {
    const tail = this.#deps.log.tail(room)
    if (tail === undefined) return seq
    const upTo = Math.min(seq, tail.head(room))
    const first = tail.first(room)
    for (const { id, seq: number } of tail.backwards(room, upTo + 1)) if (id.ms < since) return number
    return lastSaidBefore(this.#deps.db, room, Math.min(upTo, first - 1), since)
  }
}
