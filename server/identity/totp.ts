// Codes that change with time (RFC 6238), as every authenticator app makes them: SHA-1, six digits, 30 seconds. Pure.
import { Secret, TOTP } from 'otpauth'

const periodSeconds = 30
const digits = 6
/** A code is good for one step before and after its own: clocks differ, and people type slowly (RFC 6238, 5.2). */
const window = 1
/** As long as the output of SHA-1 (RFC 4226, 4). */
const secretBytes = 20

/** In Base32, as a person types it. */
export const newSecret = (): string => new Secret({ size: secretBytes }).base32

const totpOf = (secret: string, issuer = '', label = ''): TOTP =>
  new TOTP({
    issuer,
    label,
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits,
    period: periodSeconds,
  })

/** What the QR code says: `issuer` is the workspace, `label` the person. */
export const uriOf = (secret: string, issuer: string, label: string): string =>
  totpOf(secret, issuer, label).toString()

/** The time step that a code belongs to; undefined: to none of those around now. */
export function stepOf(code: string, secret: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const delta = totpOf(secret).validate({ token: code, timestamp: nowMs, window })
  return delta === null ? undefined : Math.floor(nowMs / 1_000 / periodSeconds) + delta
}
