// Tells the server how far one has read: the latest position per room, not each one that was passed while scrolling.
import type { Read } from '../../server/protocol/commands.ts'
import { later, type Position } from '../../server/protocol/position.ts'

/** Far below the pace the server allows (rates.read), and a badge on another device is cleared at once. */
const tellEveryMs = 300
/** Whoever reads all rooms at once tells so many a second: the server takes 10 (rates.read). */
const atOnce = 8
const restMs = 1_000

export class ReadTeller {
  readonly #tell: (read: Read) => boolean
  readonly #waiting = new Map<string, Position>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `tell` answers false when there is no connection; then the word waits for `flush`. */
  constructor(tell: (read: Read) => boolean) {
    this.#tell = tell
  }

  read(room: string, position: Position): void {
    this.#waiting.set(room, later(position, this.#waiting.get(room)))
    this.#tellIn(tellEveryMs)
  }

  #tellIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.flush()
    }, ms)
  }

  /** Says what waits, at once. */
  flush(): void {
    let told = 0
    for (const [room, { turn, seq }] of this.#waiting) {
      if (told === atOnce) return this.#tellIn(restMs)
      told += 1
      if (!this.#tell({ type: 'read', room, seq, turn })) return
      this.#waiting.delete(room)
    }
  }

  forget(): void {
    this.#waiting.clear()
  }
}
