// Answers of MySQL, cached in Redis for when MySQL is slow or down. Knows neither tables nor keys; must not be used
// for what has to be up to date at this very moment.
import { createHash } from 'node:crypto'
import { SingleFlight, type FlightWatch } from './channel/single-flight.ts'
import { isMysqlAway } from './db.ts'
import type { Cache } from './redis/cache.ts'

export interface KeepOptions {
  /** How long an answer may be used while MySQL is down. */
  ttlMs: number
  /** How long it is used without asking MySQL again; 0: MySQL is asked each time. */
  freshForMs?: number
}

export interface StaleCacheDeps {
  /** What is cached, for the counters of shared reads. */
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

/** If MySQL takes longer than this, a cached answer is used instead; MySQL's own answer is cached when it arrives. */
const patienceMs = 1_000
/**
 * After MySQL was lost, it is not waited for again this soon; otherwise every request would wait for the patience to
 * run out.
 */
const awayMs = 3_000
/**
 * What is cached already is not written again this soon: a write waits for Redis's fsync, and most answers have not
 * changed. Shorter than a version lives (redis/cache.ts, versionMs), so that a drop at another process is always
 * seen.
 */
const writtenForMs = 5 * 60_000
/** Some 150 bytes each. */
const maxWritten = 10_000

export class StaleCache {
  readonly #cache: Cache
  readonly #now: () => number
  readonly #flights: SingleFlight
  /** What this process has written recently, oldest first. */
  readonly #written = new Map<string, Written>()
  #awayUntil = 0

  constructor(cache: Cache, { kind, watch, now = Date.now }: StaleCacheDeps) {
    this.#cache = cache
    this.#now = now
    this.#flights = new SingleFlight(kind, watch)
  }

  /**
   * The value of `key`: what `ask` returns, or what it last returned if MySQL does not answer. Undefined is never
   * cached.
   * @throws what `ask` throws, if nothing is cached
   */
  async read<T>(
    key: string,
    { ttlMs, freshForMs = 0 }: KeepOptions,
    ask: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    // Neither lasts longer because the clock has stepped back.
    const awayFor = this.#awayUntil - this.#now()
    const away = awayFor > 0 && awayFor <= awayMs
    if (away || freshForMs > 0) {
      const kept = await this.#find(key)
      if (kept !== undefined && (away || Math.abs(this.#now() - kept.at) < freshForMs)) return kept.value as T
    }
    const asked = this.#ask(key, { ttlMs, freshForMs }, ask)
    const first = await withPatience(asked)
    if (first.state === 'answered') return first.value
    if (first.state === 'failed' && !isMysqlAway(first.error)) throw first.error
    this.#awayUntil = this.#now() + awayMs
    const kept = await this.#find(key)
    return kept === undefined ? asked : (kept.value as T)
  }

  /** Drops `key` for every process; false if Redis could not be reached. */
  drop(key: string): Promise<boolean> {
    this.#flights.forget(key)
    return this.#cache.drop(key)
  }

  /**
   * Equal reads in progress are shared; nobody gets an answer from before a drop that was complete when they asked.
   */
  async #ask<T>(key: string, keep: KeepOptions, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const version = await this.#cache.version(key)
    return this.#flights.read(
      key,
      async (flight) => {
        const value = await ask()
        // Invariant: an answer older than the last drop is not cached.
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
    // An answer that is used while it is fresh is written each time, because its time counts.
    if (freshForMs === 0 && this.#isThere(key, written)) return
    this.#written.delete(key)
    const answer = value === undefined ? undefined : JSON.stringify({ at, value } satisfies Answer)
    if (!(await this.#cache.set(key, answer, ttlMs, version))) return
    this.#written.set(key, written)
    const [oldest] = this.#written.keys()
    if (this.#written.size > maxWritten && oldest !== undefined) this.#written.delete(oldest)
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
  createHash('sha256')
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
