// What MySQL said, kept near in Redis for when MySQL is slow or away. Knows neither tables nor keys;
// must not be asked for what has to be true this very moment.
import { createHash } from 'node:crypto'
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

interface Written {
  at: number
  version: string | undefined
  digest: string
}

interface Answer {
  at: number
  value: unknown
}

/** MySQL may take this long before a kept answer stands in for it; its own answer is kept when it comes. */
const patienceMs = 1_000
/** After it was lost MySQL is not waited for again so soon, or every request would pay the patience. */
const awayMs = 3_000
/**
 * What is kept already is not written again so soon: a write waits for Redis's fsync, and most answers are what they were.
 * Shorter than a version lives (redis.ts, versionMs), so that a drop at another process is always seen.
 */
const writtenForMs = 5 * 60_000
/** Some 150 bytes each. */
const writtenMost = 10_000

export class Kept {
  readonly #cache: Cache
  readonly #now: () => number
  readonly #flights: SingleFlight
  /** What this process has written of late, the oldest first. */
  readonly #written = new Map<string, Written>()
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
    const asked = this.#ask(key, { ttlMs, freshForMs }, ask)
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
  async #ask<T>(key: string, keep: KeepOptions, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const version = await this.#cache.version(key)
    return this.#flights.read(
      key,
      async (flight) => {
        const value = await ask()
        // Invariant: an answer older than the last drop is not kept.
        if (!flight.isForgotten) await this.#keep(key, keep, value, version)
        return value
      },
      { version },
    )
  }

  async #keep(
    key: string,
    { ttlMs, freshForMs = 0 }: KeepOptions,
    value: unknown,
    version: string | undefined,
  ): Promise<void> {
    const at = this.#now()
    this.#awayUntil = 0
    const written = { at, version, digest: digestOf(value) }
    // One that is served while it is fresh is written for its time, too.
    if (freshForMs === 0 && this.#isThere(key, written)) return
    this.#written.delete(key)
    const answer = value === undefined ? undefined : JSON.stringify({ at, value } satisfies Answer)
    if (!(await this.#cache.set(key, answer, ttlMs, version))) return
    this.#written.set(key, written)
    const [oldest] = this.#written.keys()
    if (this.#written.size > writtenMost && oldest !== undefined) this.#written.delete(oldest)
  }

  #isThere(key: string, { at, version, digest }: Written): boolean {
    const last = this.#written.get(key)
    return last?.version === version && last?.digest === digest && at - last.at < writtenForMs
  }

  async #find(key: string): Promise<Answer | undefined> {
    const text = await this.#cache.get(key)
    return text === undefined ? undefined : (JSON.parse(text) as Answer)
  }
}

const digestOf = (value: unknown): string =>
  createHash('sha1')
    .update(JSON.stringify(value) ?? '')
    .digest('base64')

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
