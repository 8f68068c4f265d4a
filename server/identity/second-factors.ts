// The second factors of people: the secret of their codes, and their recovery codes; a passkey is one too. SQL of
// `second_factors` and `recovery_codes`. How often somebody may try is decided by whoever calls.
import { Secret } from 'otpauth'
import type { Db, Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import { hashOfCode, newCodes } from './recovery-codes.ts'
import { stepOf } from './totp.ts'

/** What somebody has. */
export interface Factors {
  /** When it was set up, in ms; null: it was not. */
  totpSince: number | null
  recoveryCodes: number
}

/** SQL, of a row `u` of users: they have no second factor. */
export const hasNoFactor = `(NOT EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id)
  AND NOT EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id))`

export class SecondFactors {
  readonly #db: Db
  readonly #now: () => number

  constructor(db: Db, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** First in a transaction: of several that change what one person has, each sees what the one before has done. */
  async lock(tx: Queryable, userId: string): Promise<void> {
    await tx.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [BigInt(userId)])
  }

  /** Whether there is an app or a passkey. */
  async has(userId: string, db: Queryable = this.#db): Promise<boolean> {
    const sql = `SELECT u.id FROM users u WHERE u.id = ? AND NOT ${hasNoFactor}`
    return (await db.rows(sql, [BigInt(userId)])).length > 0
  }

  async hasApp(userId: string): Promise<boolean> {
    const sql = 'SELECT user_id FROM second_factors WHERE user_id = ?'
    return (await this.#db.rows(sql, [BigInt(userId)])).length > 0
  }

  async of(userId: string): Promise<Factors> {
    const [row] = await this.#db.rows<{ created_at: Date | null; codes: number }>(
      `SELECT f.created_at, (SELECT COUNT(*) FROM recovery_codes c WHERE c.user_id = u.id AND c.used_at IS NULL) AS codes
       FROM users u LEFT JOIN second_factors f ON f.user_id = u.id WHERE u.id = ?`,
      [BigInt(userId)],
    )
    return { totpSince: row?.created_at?.getTime() ?? null, recoveryCodes: Number(row?.codes ?? 0) }
  }

  /**
   * Sets it up, or another in its place, with new recovery codes, which are returned only this once. `code`: proves that the
   * app has the secret; it cannot be used again. Undefined: it is wrong.
   */
  async set(
    tx: Queryable,
    userId: string,
    { secret, code }: { secret: string; code: string },
  ): Promise<string[] | undefined> {
    const step = stepOf(code, secret, this.#now())
    if (step === undefined) return undefined
    await tx.run(
      `INSERT INTO second_factors (user_id, secret, used_step, created_at) VALUES (?)
       ON DUPLICATE KEY UPDATE secret = VALUES(secret), used_step = VALUES(used_step), created_at = VALUES(created_at)`,
      [[BigInt(userId), Buffer.from(Secret.fromBase32(secret).bytes), step, new Date(this.#now())]],
    )
    return this.makeCodes(tx, userId)
  }

  /** New recovery codes; the ones before are good no more. Undefined: there is no second factor. */
  async renewCodes(userId: string): Promise<string[] | undefined> {
    return this.#db.transaction(async (tx) => {
      await this.lock(tx, userId)
      return (await this.has(userId, tx)) ? this.makeCodes(tx, userId) : undefined
    })
  }

  /** Takes the app away. False: there was none. */
  async remove(tx: Queryable, userId: string): Promise<boolean> {
    const sql = 'DELETE FROM second_factors WHERE user_id = ?'
    const { affectedRows } = await tx.run(sql, [BigInt(userId)])
    await this.dropUnneededCodes(tx, userId)
    return affectedRows === 1
  }

  /** Takes everything away: they have lost it. */
  async removeAll(tx: Queryable, userId: string): Promise<void> {
    for (const table of ['second_factors', 'passkeys', 'recovery_codes'])
      await tx.run(`DELETE FROM ${table} WHERE user_id = ?`, [BigInt(userId)])
  }

  /** Recovery codes go with the last factor. */
  async dropUnneededCodes(tx: Queryable, userId: string): Promise<void> {
    if (!(await this.has(userId, tx)))
      await tx.run('DELETE FROM recovery_codes WHERE user_id = ?', [BigInt(userId)])
  }

  /** Whether this code of the app, or a recovery code, is good: of several at once, once. */
  async use(tx: Queryable, userId: string, typed: string): Promise<boolean> {
    const code = typed.replaceAll(/\s/g, '')
    return /^\d{6}$/.test(code) ? this.#useStep(tx, userId, code) : this.#useCode(tx, userId, typed)
  }

  async #useStep(tx: Queryable, userId: string, code: string): Promise<boolean> {
    const [row] = await tx.rows<{ secret: Buffer }>('SELECT secret FROM second_factors WHERE user_id = ?', [
      BigInt(userId),
    ])
    if (row === undefined) return false
    const secret = new Secret({ buffer: Uint8Array.from(row.secret).buffer }).base32
    const step = stepOf(code, secret, this.#now())
    if (step === undefined) return false
    const sql = 'UPDATE second_factors SET used_step = ? WHERE user_id = ? AND used_step < ? AND secret = ?'
    return (await tx.run(sql, [step, BigInt(userId), step, row.secret])).affectedRows === 1
  }

  async #useCode(tx: Queryable, userId: string, typed: string): Promise<boolean> {
    const sql =
      'UPDATE recovery_codes SET used_at = ? WHERE user_id = ? AND code_hash = ? AND used_at IS NULL'
    const params = [new Date(this.#now()), BigInt(userId), hashOfCode(userId, typed)]
    return (await tx.run(sql, params)).affectedRows === 1
  }

  /** New recovery codes, in the transaction of what they are for. */
  async makeCodes(tx: Queryable, userId: string): Promise<string[]> {
    const codes = newCodes(limits.identity.recoveryCodes)
    await tx.run('DELETE FROM recovery_codes WHERE user_id = ?', [BigInt(userId)])
    await tx.run(
      `INSERT INTO recovery_codes (user_id, code_hash) VALUES ${codes.map(() => '(?)').join(', ')}`,
      codes.map((code) => [BigInt(userId), hashOfCode(userId, code)]),
    )
    return codes
  }
}
