// Passwords: what is allowed, hashing, and checking. The work is bounded.
import { randomBytes } from 'node:crypto'
import { hash, verify, type Options } from '@node-rs/argon2'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { isGuessable } from './guessable.ts'
import type { AddressGuesses } from './guesses.ts'

/**
 * argon2id (the library's default) with 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet.
 * Every hash contains its own parameters, so older ones stay valid when these increase.
 */
const owasp: Options = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }

/** Hashes computed at the same time: two take 38 MiB, and leave two of libuv's four threads for files and DNS. */
const atOnce = 2
/** Hashes that may wait. At some 30 ms each, the last one waits less than two seconds. */
const maxWaiting = 100

export class Passwords {
  #busy = 0
  readonly #waiting: (() => void)[] = []
  readonly #workspace: () => Promise<string>
  /** An unknown name is compared with this, so that it takes as long as a wrong password. */
  readonly #decoy = hash(randomBytes(32), owasp)

  /** `workspace`: what it is called. */
  constructor(workspace: () => Promise<string> = async () => '') {
    this.#workspace = workspace
  }

  /** The hash to store, or the reason why this cannot be the password of the person called `name`. */
  async hash(password: string, name: string): Promise<string | Refusal> {
    const chars = [...password].length
    if (chars < limits.passwordChars.min || chars > limits.passwordChars.max) return { code: 'bad_password' }
    const typed = sameEverywhere(password)
    if (await isGuessable(typed, [name, await this.#workspace()])) return { code: 'common_password' }
    return this.#whenFree(() => hash(typed, owasp))
  }

  /**
   * Whether `password` matches the hash `kept`. Without `kept` it never does, and takes as long. `guesses` is asked when it
   * is this one's turn: of many guesses at once, hardly one more than it allows is looked at.
   */
  async matches(kept: string | null, password: string, guesses?: AddressGuesses): Promise<boolean | Refusal> {
    return this.#whenFree(async () => {
      const waitMs = (await guesses?.wait()) ?? 0
      if (waitMs > 0) return { code: 'too_many', retryAfterMs: waitMs }
      const right = (await verify(kept ?? (await this.#decoy), sameEverywhere(password))) && kept !== null
      if (!right) await guesses?.failed()
      return right
    })
  }

  async #whenFree<T>(work: () => Promise<T | Refusal>): Promise<T | Refusal> {
    if (this.#waiting.length >= maxWaiting) return { code: 'overloaded', retryAfterMs: 2_000 }
    if (this.#busy < atOnce) this.#busy += 1
    else await new Promise<void>((start) => this.#waiting.push(start))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // The slot is handed over directly, so nobody can take it in between.
      if (next === undefined) this.#busy -= 1
      else next()
    }
  }
}

/** Keyboards of different systems enter the same character as different code points (NIST SP 800-63B 3.1.1.2). */
const sameEverywhere = (password: string): string => password.normalize('NFKC')
