// How often somebody may do something: token buckets in memory, and counts that all processes share through Redis.
// Returns how long to wait, and never waits itself. The rates are in protocol/limits.
import { isIPv6 } from 'node:net'
import type { Rate } from './protocol/rates.ts'
import type { Cache } from './redis/cache.ts'

export interface RateLimiterOptions {
  /** PACING=off: everything is allowed. */
  lifted?: boolean
  /** Milliseconds, for tests. */
  now?: () => number
  /** Maximum of keys remembered, some 100 bytes each; the least recently used one is dropped for a new one. */
  maxKeys?: number
}

/** A thousand tokens of a third of a millisecond add up to a little more than a third of a second. */
const roundingMs = 1e-6

/**
 * A token bucket per key, stored as one number: the time at which the bucket is full again (GCRA, ITU-T I.371).
 * Invariant: a key whose bucket is full is the same as a key never seen, so it can be dropped.
 */
export class RateLimiter {
  readonly #fullAt = new Map<string, number>()
  readonly #tokenMs: number
  readonly #burstMs: number
  readonly #lifted: boolean
  readonly #now: () => number
  readonly #maxKeys: number

  constructor(
    rate: Rate,
    { lifted = false, now = () => performance.now(), maxKeys = 50_000 }: RateLimiterOptions = {},
  ) {
    this.#tokenMs = rate.everyMs / rate.per
    this.#burstMs = this.#tokenMs * rate.burst
    this.#lifted = lifted
    this.#now = now
    this.#maxKeys = maxKeys
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#fullAt.size
  }

  /** Takes so many tokens: 0 if there were enough; otherwise the milliseconds until there are, and nothing is taken. */
  take(key: string, tokens = 1): number {
    if (this.#lifted) return 0
    const now = this.#now()
    const fullAt = Math.max(now, this.#fullAt.get(key) ?? now)
    const takenMs = tokens * this.#tokenMs
    const wait = Math.ceil(fullAt + takenMs - this.#burstMs - now - roundingMs)
    this.#remember(key, wait > 0 ? fullAt : fullAt + takenMs)
    this.#forget(now)
    return Math.max(0, wait)
  }

  /** The milliseconds until there is a token, as `take` would say; takes none. */
  wait(key: string): number {
    if (this.#lifted) return 0
    const now = this.#now()
    return Math.max(0, Math.ceil((this.#fullAt.get(key) ?? now) + this.#tokenMs - this.#burstMs - now))
  }

  /** Gives back a token that was taken. */
  giveBack(key: string): void {
    const fullAt = this.#fullAt.get(key)
    if (fullAt !== undefined) this.#remember(key, fullAt - this.#tokenMs)
  }

  /**
   * A Map keeps insertion order: a key that is set again moves to the end, so the first is the least recently used.
   */
  #remember(key: string, fullAt: number): void {
    this.#fullAt.delete(key)
    this.#fullAt.set(key, fullAt)
  }

  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) {
      if (fullAt > now && this.#fullAt.size <= this.#maxKeys) return
      this.#fullAt.delete(key)
    }
  }
}

/**
 * A rate that all processes share: `burst` per window, counted in Redis from a key's first attempt. Limit: the end of
 * one window and the start of the next let twice `burst` through; for guessing a password that is still nothing.
 * While Redis is down, each process counts for itself.
 */
export class SharedRateLimiter {
  readonly #name: string
  readonly #rate: Rate
  readonly #cache: Cache
  readonly #alone: RateLimiter
  readonly #lifted: boolean
  readonly #now: () => number
  readonly #maxKeys: number
  /** When the window of a key that has used it up ends: until then Redis, which would sync each count to disk, is not asked. */
  readonly #usedUpUntil = new Map<string, number>()

  constructor(name: string, rate: Rate, cache: Cache, options: RateLimiterOptions = {}) {
    this.#name = name
    this.#rate = rate
    this.#cache = cache
    this.#alone = new RateLimiter(rate, options)
    this.#lifted = options.lifted ?? false
    this.#now = options.now ?? (() => performance.now())
    this.#maxKeys = options.maxKeys ?? 50_000
  }

  /** Counts one attempt, allowed or not: 0 if it is allowed, otherwise the milliseconds to wait. */
  async take(key: string): Promise<number> {
    if (this.#lifted) return 0
    const left = Math.ceil((this.#usedUpUntil.get(key) ?? 0) - this.#now())
    if (left > 0) return left
    this.#usedUpUntil.delete(key)
    const windowMs = Math.ceil((this.#rate.burst / this.#rate.per) * this.#rate.everyMs)
    const counted = await this.#cache.count(this.#counter(key), windowMs)
    if (counted === undefined) return this.#alone.take(key)
    if (counted.count <= this.#rate.burst) return 0
    const endsInMs = Math.max(1, counted.endsInMs)
    this.#usedUpUntil.set(key, this.#now() + endsInMs)
    const [oldest = key] = this.#usedUpUntil.keys()
    if (this.#usedUpUntil.size > this.#maxKeys) this.#usedUpUntil.delete(oldest)
    return endsInMs
  }

  /** The milliseconds that the next attempt would have to wait; counts none. */
  async wait(key: string): Promise<number> {
    if (this.#lifted) return 0
    const counted = await this.#cache.counted(this.#counter(key))
    if (counted === undefined) return this.#alone.wait(key)
    return counted.count < this.#rate.burst ? 0 : Math.max(1, counted.endsInMs)
  }

  /** What was taken for an attempt that does not count after all. */
  async giveBack(key: string): Promise<void> {
    if (this.#lifted) return
    this.#alone.giveBack(key)
    await this.#cache.uncount(this.#counter(key))
  }

  #counter(key: string): string {
    return `pace:${this.#name}:${key}`
  }
}

/** What an address counts as: an IPv6 home has 2^64 of them, so its first 64 bits; an IPv4 address as it is. */
export function addressKey(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!isIPv6(bare)) return bare
  const [head = '', tail] = bare.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  // The last part may be written as 1.2.3.4, which is two of the eight groups.
  const groups = before.length + after.length + (bare.includes('.') ? 1 : 0)
  const all = tail === undefined ? before : [...before, ...Array<string>(8 - groups).fill('0'), ...after]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
