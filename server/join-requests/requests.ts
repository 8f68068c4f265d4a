// Requests to join, as MySQL has them: who asks, who waits, and what was answered. SQL of `join_requests`.
import { createHash, randomBytes } from 'node:crypto'
import { isLinkCode } from '../access/link-code.ts'
import type { Db, Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { JoinRequest } from '../protocol/join-requests.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'

/** What somebody has asked; `passwordHash`: of the account that they get. */
export interface NewRequest {
  name: string
  passwordHash: string
  words: string
  address: string
  addressKey: string
}

/** A request of whoever has its code. */
export interface OwnRequest {
  id: string
  name: string
  state: 'waiting' | 'declined' | 'accepted'
  expiresAt: number
  reason: string
  userId: string | null
}

interface Row {
  id: number | string
  name: string
  words: string
  address: string
  password_hash: string
  created_at: Date
  expires_at: Date
  answered_at: Date | null
  user_id: number | string | null
  reason: string
}

const sweepEveryMs = 10 * 60_000
const sweepRows = 1_000
const columns =
  'id, name, words, address, password_hash, created_at, expires_at, answered_at, user_id, reason'
const waits = 'answered_at IS NULL AND expires_at > ?'
const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest()

const shownOf = (row: Row): JoinRequest => ({
  id: String(row.id),
  name: row.name,
  words: row.words,
  address: row.address,
  at: row.created_at.getTime(),
  expiresAt: row.expires_at.getTime(),
})

export class JoinRequests {
  readonly #db: Db
  readonly #now: () => number
  #sweepAt = 0

  constructor(db: Db, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** Why nobody can ask now; undefined: they can. Limit: of some who ask in the same moment, a few may be above the limit. */
  async refuse(name: string, addressKey: string): Promise<Refusal | undefined> {
    const [row] = await this.#db.rows<{ all: number; here: number | null; named: number | null }>(
      `SELECT COUNT(*) AS \`all\`, SUM(address_key = ?) AS here, SUM(name_key = ?) AS named
       FROM join_requests WHERE ${waits}`,
      [addressKey, nameKey(name), this.#date()],
    )
    if (Number(row?.named) > 0) return { code: 'name_taken' }
    const { atOnce, ofAddress } = limits.joinRequests
    return Number(row?.all) >= atOnce || Number(row?.here) >= ofAddress
      ? { code: 'too_many_asking' }
      : undefined
  }

  /** The code, which is returned only this once: 16 random bytes as base64url. */
  async add(
    tx: Queryable,
    { name, passwordHash, words, address, addressKey }: NewRequest,
  ): Promise<{ id: string; code: string; expiresAt: number }> {
    const code = randomBytes(16).toString('base64url')
    const expiresAt = this.#now() + limits.joinRequests.lastsMs
    const { insertId } = await tx.run(
      `INSERT INTO join_requests
         (code_hash, name, name_key, password_hash, words, address, address_key, created_at, expires_at) VALUES (?)`,
      [
        [
          hashOf(code),
          name,
          nameKey(name),
          passwordHash,
          words,
          address,
          addressKey,
          this.#date(),
          new Date(expiresAt),
        ],
      ],
    )
    this.#sweepNowAndThen()
    return { id: insertId, code, expiresAt }
  }

  /** Undefined: it has expired, was taken back, or never was. */
  async own(code: string, db: Queryable = this.#db): Promise<OwnRequest | undefined> {
    if (!isLinkCode(code)) return undefined
    const [row] = await db.rows<Row>(
      `SELECT ${columns} FROM join_requests WHERE code_hash = ? AND expires_at > ?`,
      [hashOf(code), this.#date()],
    )
    if (row === undefined) return undefined
    const answer = row.user_id === null ? 'declined' : 'accepted'
    return {
      id: String(row.id),
      name: row.name,
      state: row.answered_at === null ? 'waiting' : answer,
      expiresAt: row.expires_at.getTime(),
      reason: row.reason,
      userId: row.user_id === null ? null : String(row.user_id),
    }
  }

  /** Of several at once, one is told true. */
  async remove(tx: Queryable, id: string): Promise<boolean> {
    return (await tx.run('DELETE FROM join_requests WHERE id = ?', [BigInt(id)])).affectedRows === 1
  }

  /** All that wait, the oldest first. */
  async list(): Promise<JoinRequest[]> {
    const sql = `SELECT ${columns} FROM join_requests WHERE ${waits} ORDER BY id LIMIT ?`
    const rows = await this.#db.rows<Row>(sql, [this.#date(), 2 * limits.joinRequests.atOnce])
    return rows.map(shownOf)
  }

  async count(): Promise<number> {
    const sql = `SELECT COUNT(*) AS open FROM join_requests WHERE ${waits}`
    const [row] = await this.#db.rows<{ open: number }>(sql, [this.#date()])
    return Number(row?.open)
  }

  /** One that waits, and nobody else answers it until the transaction ends. */
  async take(tx: Queryable, id: string): Promise<(JoinRequest & { passwordHash: string }) | undefined> {
    const sql = `SELECT ${columns} FROM join_requests WHERE id = ? AND ${waits} FOR UPDATE`
    const [row] = await tx.rows<Row>(sql, [BigInt(id), this.#date()])
    return row && { ...shownOf(row), passwordHash: row.password_hash }
  }

  /** Whoever asked learns of it for limits.joinRequests.answerMs. */
  async answer(
    tx: Queryable,
    id: string,
    { userId = null, reason = '' }: { userId?: string | null; reason?: string },
  ): Promise<void> {
    await tx.run(
      'UPDATE join_requests SET answered_at = ?, expires_at = ?, user_id = ?, reason = ? WHERE id = ?',
      [
        this.#date(),
        new Date(this.#now() + limits.joinRequests.answerMs),
        userId === null ? null : BigInt(userId),
        reason,
        BigInt(id),
      ],
    )
  }

  /** Whether the account still has the password that was asked with: its owner has not changed anything there since. */
  async isAsMade(tx: Queryable, id: string): Promise<boolean> {
    const sql = `SELECT r.id FROM join_requests r JOIN users u ON u.id = r.user_id AND u.password_hash = r.password_hash
      WHERE r.id = ?`
    return (await tx.rows(sql, [BigInt(id)])).length > 0
  }

  #date(): Date {
    return new Date(this.#now())
  }

  /** A failed sweep is repeated later. */
  #sweepNowAndThen(): void {
    if (this.#now() < this.#sweepAt) return
    this.#sweepAt = this.#now() + sweepEveryMs
    this.#db
      .run('DELETE FROM join_requests WHERE expires_at <= ? ORDER BY expires_at LIMIT ?', [
        this.#date(),
        sweepRows,
      ])
      .catch(() => undefined)
  }
}
