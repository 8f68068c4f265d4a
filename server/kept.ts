// What MySQL said, kept near in Redis for when MySQL is slow or away. Knows neither tables nor keys;
// must not be asked for what has to be true this very moment.
import { SingleFlight, type FlightWatch } from './channel/single-flight.ts'
import { isConnectionLost } from './db.ts'
import type { Cache } from './redis.ts'

export interface KeepOptions {
  /** How long an answer may serve while MySQL is away. */
  ttlMs: number
  /** How long it serves without asking MySQL again; 0: MySQL is asked each time. */
  freshForMs?: number
}

export interface KeptOptions {
  /** What is kept, for the counters of reads that were shared. */
  kind: string
  watch?: FlightWatch | undefined
  now?: (() => number) | undefined
}

interface Answer {
  at: number
  value: unknown
}

/** MySQL may take this long before a kept answer stands in for it; its own answer is kept when it comes. */
const patienceMs = 1_000
/** After it was lost MySQL is not waited for again so soon, or every request would pay the patience. */
const awayMs = 3_000

export class Kept {
  readonly #cache: Cache
  readonly #now: () => number
  readonly #flights: SingleFlight
  #awayUntil = 0

  constructor(cache: Cache, { kind, watch, now = Date.now }: KeptOptions) {
    this.#cache = cache
    this.#now = now
    this.#flights = new SingleFlight(kind, watch)
  }

  /**
   * The value of `key`: what `ask` says, or what it last said when MySQL does not answer. Undefined is never kept.
   * @throws what `ask` throws, when nothing is kept
   */
  async read<T>(
    key: string,
    { ttlMs, freshForMs = 0 }: KeepOptions,
    ask: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const away = this.#now() < this.#awayUntil
    if (away || freshForMs > 0) {
      const kept = await this.#find(key)
      if (kept !== undefined && (away || this.#now() - kept.at < freshForMs)) return kept.value as T
    }
    const asked = this.#ask(key, ttlMs, ask)
    const first = await withPatience(asked)
    if (first.state === 'answered') return first.value
    if (first.state === 'failed' && !isConnectionLost(first.error)) throw first.error
    this.#awayUntil = this.#now() + awayMs
    const kept = await this.#find(key)
    return kept === undefined ? asked : (kept.value as T)
  }

  /** Forgets `key`, at every process; false when Redis could not be told. */
  drop(key: string): Promise<boolean> {
    this.#flights.forget(key)
    return this.#cache.drop(key)
  }

  /** Equal questions at once are one; nobody hears an answer from before a drop that was done when they asked. */
  async #ask<T>(key: string, ttlMs: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const version = await this.#cache.version(key)
    return this.#flights.read(
      key,
      async (flight) => {
        const value = await ask()
        // Invariant: an answer older than the last drop is not kept.
        if (!flight.isForgotten) await this.#keep(key, ttlMs, value, version)
        return value
      },
      { version },
    )
  }

  async #keep(key: string, ttlMs: number, value: unknown, version: string | undefined): Promise<void> {
    this.#awayUntil = 0
    const answer =
      value === undefined ? undefined : JSON.stringify({ at: this.#now(), value } satisfies Answer)
    await this.#cache.set(key, answer, ttlMs, version)
  }

  async #find(key: string): Promise<Answer | undefined> {
    const text = await this.#cache.get(key)
    return text === undefined ? undefined : (JSON.parse(text) as Answer)
  }
}

type First<T> = { state: 'answered'; value: T } | { state: 'failed'; error: unknown } | { state: 'late' }

async function withPatience<T>(asked: Promise<T>): Promise<First<T>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<First<T>>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'late' }), patienceMs)
  })
  const settled = asked.then(
    (value): First<T> => ({ state: 'answered', value }),
    (error: unknown): First<T> => ({ state: 'failed', error }),
  )
  return Promise.race([settled, late]).finally(() => clearTimeout(timer))
}
