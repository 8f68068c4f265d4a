// What a bulk job may take of a resource that people use as well: 80 of 100 permits while it is free, 50 while it is
// busy, none while it is full. The job waits; people never do.
import { setTimeout as sleep } from 'node:timers/promises'

/** free: nobody else uses it. busy: people use it, or it is falling behind. full: it must catch up first. */
export type Busyness = 'free' | 'busy' | 'full'

/** Permits of 100 that a bulk job takes. Never all: people who arrive find capacity before the job notices them. */
export const permits: Record<Busyness, number> = { free: 80, busy: 50, full: 0 }

/** How often a waiting job checks again; its share changes with at most this delay. */
const lookEveryMs = 100

export interface Clock {
  now(): number
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>
}

const wallClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  },
}

export class Share {
  /** 100 permits, per second. */
  readonly #perSecond: number
  readonly #busyness: () => Busyness
  readonly #clock: Clock
  #freeAt = 0

  constructor(perSecond: number, busyness: () => Busyness, clock: Clock = wallClock) {
    if (!(perSecond > 0)) throw new RangeError(`perSecond must be above 0, not ${perSecond}`)
    this.#perSecond = perSecond
    this.#busyness = busyness
    this.#clock = clock
  }

  /**
   * Waits until `count` permits may be taken, and takes them. They are taken whole and the next caller waits for them,
   * so over any period no more is taken than its permits and one `count`.
   * @throws the signal's reason
   */
  async take(count: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted()
      const now = this.#clock.now()
      const share = permits[this.#busyness()]
      const wait = share === 0 ? lookEveryMs : this.#freeAt - now
      if (wait <= 0) {
        this.#freeAt = Math.max(now, this.#freeAt) + (count * 1_000 * 100) / (this.#perSecond * share)
        return
      }
      await this.#clock.sleep(Math.min(wait, lookEveryMs), signal)
    }
  }
}
