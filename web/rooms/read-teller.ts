// Reports read positions to the server: the latest per room, not each one that was passed while scrolling.
import type { Read } from '../../server/protocol/requests.ts'
import { later, type Position } from '../../server/protocol/position.ts'

/** Far below the rate that the server allows (rates.read), and a badge on another device is cleared at once. */
const tellEveryMs = 300
/** A recount is asked for within this time of a change: the browsers of a large room spread over it. */
const recountWithinMs = { least: 200, most: 700 } as const
/** Reading all rooms at once sends this many per second: the server allows 10 (rates.read). */
const atOnce = 8
const restMs = 1_000

export class ReadTeller {
  readonly #tell: (read: Read) => boolean
  readonly #waiting = new Map<string, Position>()
  /** Rooms whose threads are to be counted too. */
  readonly #recounts = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `tell` returns false if there is no connection; then the report waits for `flush`. */
  constructor(tell: (read: Read) => boolean) {
    this.#tell = tell
  }

  read(room: string, position: Position): void {
    this.#waiting.set(room, later(position, this.#waiting.get(room)))
    this.#tellIn(tellEveryMs)
  }

  /** What is unread is to be counted anew, in the room's threads too. */
  recount(room: string, position: Position): void {
    this.#waiting.set(room, later(position, this.#waiting.get(room)))
    this.#recounts.add(room)
    const { least, most } = recountWithinMs
    this.#tellIn(least + Math.random() * (most - least))
  }

  #tellIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.flush()
    }, ms)
  }

  /** Sends what is waiting, at once. */
  flush(): void {
    let sent = 0
    for (const [room, { generation, seq }] of this.#waiting) {
      if (sent === atOnce) return this.#tellIn(restMs)
      sent += 1
      const recount = this.#recounts.has(room) ? { recount: true as const } : {}
      if (!this.#tell({ type: 'read', room, seq, turn: generation, ...recount })) return
      this.#waiting.delete(room)
      this.#recounts.delete(room)
    }
  }

  forget(): void {
    this.#waiting.clear()
    this.#recounts.clear()
  }
}
