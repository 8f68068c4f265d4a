// The list of messages pinned to a room, from memory and MySQL.
import { SingleFlight, type FlightWatch } from '../channel/single-flight.ts'
import { unlessAway, type Db, type Queryable } from '../db.ts'
import type { Log } from '../log/log.ts'
import { isRefusal } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { isSpoken } from '../protocol/timeline.ts'
import type { History } from './history.ts'

export interface PinsDeps {
  db: Db
  log: Pick<Log, 'tail'>
  history: Pick<History, 'messages'>
  watch?: FlightWatch
}

export class Pins {
  readonly #deps: PinsDeps
  readonly #flights: SingleFlight

  constructor(deps: PinsDeps) {
    this.#deps = deps
    this.#flights = new SingleFlight('pins', deps.watch)
  }

  /** The pinned messages of a room, last pinned first. Everybody who may read the room sees the same. */
  of(room: string, signal?: AbortSignal): Promise<SpokenMessage[] | Refusal> {
    const version = this.#deps.log.tail(room)?.head(room)
    return this.#flights.read(room, () => this.#read(room), { version, signal })
  }

  /** The count at this moment: earlier reads in progress are not shared. */
  async count(room: string): Promise<number | Refusal> {
    const pins = await this.#read(room)
    return isRefusal(pins) ? pins : pins.length
  }

  async #read(room: string): Promise<SpokenMessage[] | Refusal> {
    const { db, log, history } = this.#deps
    // Memory first, MySQL second, as everywhere.
    const fresh = log.tail(room)?.pinned(room) ?? []
    const kept = await unlessAway(() => pinnedIn(db, room))
    if (isRefusal(kept)) return kept
    const found = await history.messages(room, [...new Set([...fresh, ...kept])])
    if (isRefusal(found)) return found
    return found
      .filter((one): one is SpokenMessage => isSpoken(one) && one.pinnedAt !== undefined)
      .sort((a, b) => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0) || b.seq - a.seq)
  }
}

/**
 * Numbers of the messages that MySQL knows as pinned. Up to twice the limit of a room, because memory may know that
 * some no longer are.
 */
async function pinnedIn(db: Queryable, room: string): Promise<number[]> {
  const rows = await db.rows<{ target: number }>(
    'SELECT target FROM pins WHERE room_id = ? AND is_on = 1 ORDER BY seq DESC LIMIT ?',
    [BigInt(room), 2 * limits.pins],
  )
  return rows.map(({ target }) => target)
}
