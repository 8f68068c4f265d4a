// Passwords: what one may be, its hash, and whether it is right. Bounded work; knows nobody's name.
import { randomBytes } from 'node:crypto'
import { hash, verify, type Options } from '@node-rs/argon2'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'

/**
 * argon2id (the library's usual algorithm) with 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet.
 * Every hash names its own parameters, so older ones stay readable when these rise.
 */
const owasp: Options = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }

/** Hashes at a time: two take 38 MiB, and leave two of libuv's four threads to files and names. */
const atOnce = 2
/** Hashes that wait; at some 30 ms each the last one waits below two seconds. */
const mostWaiting = 100

export class Passwords {
  #busy = 0
  readonly #waiting: (() => void)[] = []
  /** What an unknown name is compared with, so that it takes the time of a wrong password. */
  readonly #decoy = hash(randomBytes(32), owasp)

  /** The hash to keep, or why this cannot be a password. */
  async hash(password: string): Promise<string | Refusal> {
    const chars = [...password].length
    if (chars < limits.passwordChars.least || chars > limits.passwordChars.most)
      return { code: 'bad_password' }
    return this.#inTurn(() => hash(sameEverywhere(password), owasp))
  }

  /** Whether `password` is the one behind `kept`. Without `kept` it never is, and that takes as long. */
  async matches(kept: string | null, password: string): Promise<boolean | Refusal> {
    return this.#inTurn(async () => {
      const right = await verify(kept ?? (await this.#decoy), sameEverywhere(password))
      return right && kept !== null
    })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T | Refusal> {
    if (this.#waiting.length >= mostWaiting) return { code: 'overloaded', retryAfterMs: 2_000 }
    if (this.#busy < atOnce) this.#busy += 1
    else await new Promise<void>((turn) => this.#waiting.push(turn))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // The turn is handed on, so nobody can slip in between.
      if (next === undefined) this.#busy -= 1
      else next()
    }
  }
}

/** Keyboards of different systems give one character as different code points (NIST SP 800-63B 3.1.1.2). */
const sameEverywhere = (password: string): string => password.normalize('NFKC')
