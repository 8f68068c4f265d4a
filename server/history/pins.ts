// What is pinned to a room: the list of it from memory and MySQL, and its SQL. The last entry about a message stands.
import { SingleFlight, type FlightWatch } from '../channel/single-flight.ts'
import { isConnectionLost, type Db, type Queryable } from '../db.ts'
import type { Tail } from '../log/tail.ts'
import { isRefusal } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { PinnedEvent } from '../protocol/events.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'

export interface PinsParts {
  db: Db
  tailOf: (room: string) => Tail | undefined
  /** The messages with these numbers as they are. */
  messages: (room: string, seqs: readonly number[]) => Promise<Message[] | Refusal>
  watch?: FlightWatch
}

export class Pins {
  readonly #parts: PinsParts
  readonly #flights: SingleFlight

  constructor(parts: PinsParts) {
    this.#parts = parts
    this.#flights = new SingleFlight('pins', parts.watch)
  }

  /** What is pinned in a room, the last pinned first. Everybody who may look into it sees the same. */
  of(room: string, signal?: AbortSignal): Promise<SpokenMessage[] | Refusal> {
    const version = this.#parts.tailOf(room)?.head(room)
    return this.#flights.read(room, () => this.#read(room), { version, signal })
  }

  /** As it is at this moment: nothing that was asked before is shared. */
  async count(room: string): Promise<number | Refusal> {
    const pins = await this.#read(room)
    return isRefusal(pins) ? pins : pins.length
  }

  async #read(room: string): Promise<SpokenMessage[] | Refusal> {
    const { db, tailOf, messages } = this.#parts
    // Memory first, MySQL second, as everywhere.
    const fresh = tailOf(room)?.pinned(room) ?? []
    const kept = await pinnedIn(db, room).catch((error: unknown) => {
      if (isConnectionLost(error)) return undefined
      throw error
    })
    if (kept === undefined) return { code: 'history_unavailable', retryAfterMs: 3_000 }
    const found = await messages(room, [...new Set([...fresh, ...kept])])
    if (isRefusal(found)) return found
    return found
      .filter((one): one is SpokenMessage => one.kind === 'message' && one.pinnedAt !== undefined)
      .sort((a, b) => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0) || b.seq - a.seq)
  }
}

/** Numbers of what MySQL knows to be pinned. Twice what a room may have: memory knows of some that are not any more. */
async function pinnedIn(db: Queryable, room: string): Promise<number[]> {
  const rows = await db.rows<{ target: number }>(
    'SELECT target FROM pins WHERE room_id = ? AND is_on = 1 ORDER BY seq DESC LIMIT ?',
    [BigInt(room), 2 * limits.pins],
  )
  return rows.map(({ target }) => target)
}

/** When a message was pinned, and by whom. */
export type Pinned = Required<Pick<SpokenMessage, 'pinnedAt' | 'pinnedBy'>>

/** Which of the messages with these numbers are pinned. */
export async function pinsOf(
  db: Queryable,
  room: string,
  targets: readonly number[],
): Promise<Map<number, Pinned>> {
  if (targets.length === 0) return new Map()
  const rows = await db.rows<{ target: number; at: number; id: number | string; name: string }>(
    `SELECT target, pinned_ms AS at, user_id AS id, user_name AS name FROM pins
     WHERE room_id = ? AND target IN (?) AND is_on = 1`,
    [BigInt(room), [...targets]],
  )
  return new Map(
    rows.map(({ target, at, id, name }) => [target, { pinnedAt: at, pinnedBy: { id: String(id), name } }]),
  )
}

/** Keeps what these say, whichever of them MySQL has already and in whatever order they come. */
export async function keepPins(tx: Queryable, events: readonly PinnedEvent[]): Promise<void> {
  if (events.length === 0) return
  const rows = events.map(({ room, target, on, user, at, seq }) => [
    ...[room, target, on ? 1 : 0, user.id, user.name, at, seq],
  ])
  // Trap: MySQL sets these one after the other; what asks for the seq that was there before comes first.
  const newer = (column: string): string =>
    `${column} = IF(VALUES(seq) > pins.seq, VALUES(${column}), pins.${column})`
  await tx.run(
    `INSERT INTO pins (room_id, target, is_on, user_id, user_name, pinned_ms, seq) VALUES ?
     ON DUPLICATE KEY UPDATE ${['is_on', 'user_id', 'user_name', 'pinned_ms'].map(newer).join(', ')},
       seq = GREATEST(pins.seq, VALUES(seq))`,
    [rows],
  )
}
