// An authenticator app with one account: each code is of the time step after the one before, so that none is used twice.
import { Secret, TOTP } from 'otpauth'

const stepMs = 30_000

export class Authenticator {
  readonly #totp: TOTP
  #step = 0

  constructor(secret: string) {
    this.#totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(/\s/g, '')) })
  }

  /** The code of now, or of the next step if that one was used. */
  next(): string {
    this.#step = Math.max(Math.floor(Date.now() / stepMs), this.#step + 1)
    return this.#totp.generate({ timestamp: this.#step * stepMs })
  }

  /** Of a time that has long passed. */
  wrong(): string {
    return this.#totp.generate({ timestamp: Date.now() - 100 * stepMs })
  }
}
