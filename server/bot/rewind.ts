// A cursor of another epoch: the log was wiped or rolled back since, and may have given numbers again that the bot was
// told. Its places go back to before what was said since the cursor was made; told twice is better than not at all.
import type { Db } from '../db.ts'
import { lastSaidBefore } from '../history/sql/messages.ts'
import type { Tail } from '../log/tail.ts'
import { limits } from '../protocol/limits.ts'
import type { Place } from './cursor.ts'

export interface RewindParts {
  db: Db
  tail: (room: string) => Tail | undefined
}

export class Rewind {
  readonly #parts: RewindParts

  constructor(parts: RewindParts) {
    this.#parts = parts
  }

  /** `madeAt`: when the cursor was made, by this house's clocks, which may differ by limits.bots.clocksMs. */
  async places(places: ReadonlyMap<string, Place>, madeAt: number): Promise<Map<string, Place>> {
    const since = madeAt - limits.bots.clocksMs
    const moved = new Map<string, Place>()
    for (const [room, place] of places) {
      const seq = await this.#lastBefore(room, place.seq, since)
      moved.set(room, seq < place.seq ? { seq, isBehind: place.isBehind } : place)
    }
    return moved
  }

  /** The newest number up to `seq` that was given before `since`. Memory first, and MySQL below it. */
  async #lastBefore(room: string, seq: number, since: number): Promise<number> {
    const tail = this.#parts.tail(room)
    if (tail === undefined) return seq
    const upTo = Math.min(seq, tail.head(room))
    const first = tail.first(room)
    for (const { id, seq: number } of tail.backwards(room, upTo + 1)) if (id.ms < since) return number
    return lastSaidBefore(this.#parts.db, room, Math.min(upTo, first - 1), since)
  }
}
