// Downloads of exports: so many at once in all and for one person, and none for a reader who has stopped reading.
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'

export class Downloads {
  readonly #limits: { atOnce: number; ofOne: number; stalledMs: number }
  readonly #byPerson = new Map<string, number>()
  #count = 0

  constructor(some: { atOnce: number; ofOne: number; stalledMs: number } = limits.exports) {
    this.#limits = some
  }

  /** A place for one more, to be given back by `leave`. */
  enter(userId: string): Refusal | undefined {
    const { atOnce, ofOne } = this.#limits
    const own = this.#byPerson.get(userId) ?? 0
    if (own >= ofOne || this.#count >= atOnce) return { code: 'too_many', retryAfterMs: 10_000 }
    this.#byPerson.set(userId, own + 1)
    this.#count += 1
    return undefined
  }

  leave(userId: string): void {
    const own = (this.#byPerson.get(userId) ?? 0) - 1
    this.#count -= 1
    if (own > 0) this.#byPerson.set(userId, own)
    else this.#byPerson.delete(userId)
  }

  /** The pieces, each as it is asked for. `onStalled`: the reader has asked for none for limits.exports.stalledMs. */
  async *read(
    pieces: AsyncGenerator<string, void, undefined>,
    onStalled: () => void,
  ): AsyncGenerator<string, void, undefined> {
    for await (const piece of pieces) {
      const stalled = setTimeout(onStalled, this.#limits.stalledMs)
      try {
        yield piece
      } finally {
        clearTimeout(stalled)
      }
    }
  }
}
