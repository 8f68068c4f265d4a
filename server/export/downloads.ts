// Downloads of exports: so many at once in all and for one person, none for a reader who has stopped reading, and all of them
// together at a part of what this process can do.
import { FairGate } from '../channel/fair-gate.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'

/** As in limits.exports. */
export interface DownloadLimits {
  atOnce: number
  ofOne: number
  stalledMs: number
  restTimes: number
}

export class Downloads {
  readonly #limits: DownloadLimits
  readonly #steps: FairGate
  readonly #byPerson = new Map<string, number>()
  #count = 0

  constructor(some: DownloadLimits = limits.exports) {
    this.#limits = some
    this.#steps = new FairGate({ atOnce: 1, ofOne: 1, waiting: some.ofOne })
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

  /**
   * A page for somebody with a place. One is made at a time, people take turns, and after each nothing is made for
   * limits.exports.restTimes as long as it took.
   */
  async step<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const leave = await this.#steps.enter(userId)
    const began = performance.now()
    try {
      return await work()
    } finally {
      const restMs = this.#limits.restTimes * (performance.now() - began)
      setTimeout(() => leave?.(), restMs).unref()
    }
  }

  /** The pieces, each as it is asked for. `onStalled`: the reader has asked for none for limits.exports.stalledMs. */
  async *read<Piece extends string | Buffer>(
    pieces: AsyncGenerator<Piece, void, undefined>,
    onStalled: () => void,
  ): AsyncGenerator<Piece, void, undefined> {
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
