// How often somebody may be wrong about a password or a second factor: on an account, from anywhere, and from an address.
import type { Refusal } from '../protocol/errors.ts'
import { nameKey } from '../protocol/names.ts'
import { rates } from '../protocol/rates.ts'
import { addressKey, SharedRateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import type { Cache } from '../redis/cache.ts'
import { trusts, withBurst, type EntryLimits } from './entry-limits.ts'
import type { Visitor } from './visitor.ts'

/** The wrong guesses of an address, so far. */
export interface AddressGuesses {
  /** The milliseconds until another may be made. */
  wait(): Promise<number>
  failed(): Promise<unknown>
}

export interface GuessesDeps {
  cache: Cache
  rateLimits?: RateLimiterOptions | undefined
  entry?: EntryLimits | undefined
}

export class Guesses {
  readonly #byAccount: SharedRateLimiter
  readonly #byAddress: SharedRateLimiter
  readonly #isTrusted: (address: string) => boolean

  constructor({ cache, rateLimits, entry = {} }: GuessesDeps) {
    this.#isTrusted = trusts(entry.trustedNets ?? '')
    this.#byAccount = new SharedRateLimiter('sign-in-account', rates.signInAccount, cache, rateLimits)
    this.#byAddress = new SharedRateLimiter(
      'sign-in-address',
      withBurst(rates.signInAddress, entry.signInFailures),
      cache,
      rateLimits,
    )
  }

  /**
   * What `check` says of a guess about the account of this name, unless there were too many. Only wrong guesses count. Those on an
   * account are counted before the work, and a right one is given back, for many sign in from one address at once, but not
   * into one account. Limit: somebody else's guesses can prevent a person from signing in for the rest of the window; their
   * open sessions continue.
   */
  async judge(
    name: string,
    visitor: Visitor | undefined,
    check: (guesses: AddressGuesses) => Promise<boolean | Refusal>,
  ): Promise<boolean | Refusal> {
    const account = nameKey(name)
    const waitMs = await this.#byAccount.take(account)
    if (waitMs > 0) return { code: 'too_many', retryAfterMs: waitMs }
    const address = visitor === undefined ? undefined : this.addressOf(visitor)
    let right: boolean | Refusal = true
    try {
      right = await check({
        wait: async () => (address === undefined ? 0 : this.#byAddress.wait(address)),
        failed: async () => address !== undefined && this.#byAddress.take(address),
      })
      return right
    } finally {
      if (right !== false) await this.#byAccount.giveBack(account)
    }
  }

  /** What an address counts as; undefined: it is trusted, and shares no rate. */
  addressOf({ address }: Visitor): string | undefined {
    return this.#isTrusted(address) ? undefined : addressKey(address)
  }
}
