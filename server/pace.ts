// How often somebody may do a thing: token buckets in memory, and counts that all processes share through Redis.
// Says how long to wait, never waits itself. The rates stand in protocol/limits.
import { isIPv6 } from 'node:net'
import type { Rate } from './protocol/limits.ts'
import type { Cache } from './redis.ts'

export interface PaceOptions {
  /** PACING=off: everything is allowed. */
  lifted?: boolean
  /** Milliseconds, for tests. */
  now?: () => number
  /** Keys remembered at most, some 100 bytes each; the one longest unused is forgotten for a new one. */
  mostKeys?: number
}

/**
 * A token bucket a key, kept as one number: the time at which the bucket is full again (GCRA, ITU-T I.371).
 * Invariant: a key whose bucket is full is the same as a key never seen, so it can be dropped.
 */
export class Pace {
  readonly #fullAt = new Map<string, number>()
  readonly #tokenMs: number
  readonly #burstMs: number
  readonly #lifted: boolean
  readonly #now: () => number
  readonly #mostKeys: number

  constructor(rate: Rate, { lifted = false, now = Date.now, mostKeys = 50_000 }: PaceOptions = {}) {
    this.#tokenMs = rate.everyMs / rate.per
    this.#burstMs = this.#tokenMs * rate.burst
    this.#lifted = lifted
    this.#now = now
    this.#mostKeys = mostKeys
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#fullAt.size
  }

  /** Takes one token: 0 when there was one, else the milliseconds until there is, and nothing is taken. */
  take(key: string): number {
    if (this.#lifted) return 0
    const now = this.#now()
    const fullAt = Math.max(now, this.#fullAt.get(key) ?? now)
    const wait = Math.ceil(fullAt + this.#tokenMs - this.#burstMs - now)
    this.#remember(key, wait > 0 ? fullAt : fullAt + this.#tokenMs)
    this.#forget(now)
    return Math.max(0, wait)
  }

  /** A Map keeps its order: who is set anew stands last, so the first is the one longest unused. */
  #remember(key: string, fullAt: number): void {
    this.#fullAt.delete(key)
    this.#fullAt.set(key, fullAt)
  }

  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) {
      if (fullAt > now && this.#fullAt.size <= this.#mostKeys) return
      this.#fullAt.delete(key)
    }
  }
}

/**
 * A pace that all processes share: `burst` in each window, counted in Redis from a key's first attempt on.
 * Limit: a window's end and the next one's start together let twice `burst` through; for guessing a password that is
 * still nothing. While Redis is away each process counts for itself.
 */
export class SharedPace {
  readonly #name: string
  readonly #rate: Rate
  readonly #cache: Cache
  readonly #alone: Pace
  readonly #lifted: boolean

  constructor(name: string, rate: Rate, cache: Cache, options: PaceOptions = {}) {
    this.#name = name
    this.#rate = rate
    this.#cache = cache
    this.#alone = new Pace(rate, options)
    this.#lifted = options.lifted ?? false
  }

  /** Counts one attempt, allowed or not: 0 when it is allowed, else the milliseconds to wait. */
  async take(key: string): Promise<number> {
    if (this.#lifted) return 0
    const windowMs = Math.ceil((this.#rate.burst / this.#rate.per) * this.#rate.everyMs)
    const counted = await this.#cache.count(`pace:${this.#name}:${key}`, windowMs)
    if (counted === undefined) return this.#alone.take(key)
    return counted.count <= this.#rate.burst ? 0 : Math.max(1, counted.endsInMs)
  }
}

/** What an address counts as: an IPv6 home has 2^64 of them, so its first 64 bits; an IPv4 one as it is. */
export function addressKey(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!isIPv6(bare)) return bare
  const [head = '', tail] = bare.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  // A group may be written 1.2.3.4, which is two of the eight; it can only be the last.
  const groups = before.length + after.length + (bare.includes('.') ? 1 : 0)
  const all = tail === undefined ? before : [...before, ...Array<string>(8 - groups).fill('0'), ...after]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
