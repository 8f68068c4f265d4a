// What somebody has begun and may finish once: whoever has the code may. SQL of `identity_tickets`, which has its hash alone.
import { createHash, randomBytes } from 'node:crypto'
import type { Db, Queryable } from '../db.ts'
import type { OidcChecks, Provided } from './oidc.ts'
import { isLinkCode } from '../access/link-code.ts'

/** What may be finished, and what is kept for it. */
export interface TicketData {
  /** The password was right; the second factor is still to come. */
  'sign-in': Record<string, never>
  /** The secret, in Base32, of a second factor that is not confirmed yet. */
  totp: { secret: string }
  /** What a passkey is to sign, and for which name of this Brook: one that is to be added, or to sign in with. */
  'passkey-new': { challenge: string; rpId: string }
  passkey: { challenge: string; rpId: string }
  /** A link that resets a password, and with `secondFactor` takes that away too. `mail`: the mail that brought it. */
  reset: { secondFactor: boolean; byCommand: boolean; mail?: string }
  /** A mailed link: this address becomes the person's, or lets somebody in. */
  'mail-address': { address: string; mail: string }
  'mail-join': { address: string; mail: string }
  /** A sign-in at the identity provider; of somebody who is in: to connect it with their account. */
  oidc: { checks: OidcChecks; invite?: string }
  /** The provider has signed somebody in who may have an account here: it is theirs once they know its password. */
  provided: { provided: Provided; invite?: string }
}
export type TicketKind = keyof TicketData

/** `userId`: whose it is; null where nobody is known yet. */
export interface Ticket<Kind extends TicketKind> {
  userId: string | null
  data: TicketData[Kind]
}

interface NewTicket<Kind extends TicketKind> extends Ticket<Kind> {
  lifeMs: number
  /** The person's earlier ones of this kind are good no more. */
  isOnlyOne?: boolean
}

interface Row {
  user_id: number | string | null
  data: string
}

const sweepEveryMs = 10 * 60_000
const sweepRows = 1_000

const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest()

export class Tickets {
  readonly #db: Db
  readonly #now: () => number
  #sweepAt = 0

  constructor(db: Db, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** The code, which is returned only this once: 16 random bytes as base64url. */
  async make<Kind extends TicketKind>(
    kind: Kind,
    { userId, data, lifeMs, isOnlyOne = false }: NewTicket<Kind>,
  ): Promise<string> {
    const code = randomBytes(16).toString('base64url')
    const of = userId === null ? null : BigInt(userId)
    const expiresAt = new Date(this.#now() + lifeMs)
    await this.#db.transaction(async (tx) => {
      if (isOnlyOne) await tx.run('DELETE FROM identity_tickets WHERE user_id = ? AND kind = ?', [of, kind])
      await tx.run('INSERT INTO identity_tickets (code_hash, kind, user_id, data, expires_at) VALUES (?)', [
        [hashOf(code), kind, of, JSON.stringify(data), expiresAt],
      ])
    })
    this.#sweepNowAndThen()
    return code
  }

  /** One whose code was made before; another time, it only lasts longer. */
  async put<Kind extends TicketKind>(
    tx: Queryable,
    kind: Kind,
    { code, userId, data, lifeMs }: NewTicket<Kind> & { code: string },
  ): Promise<void> {
    const of = userId === null ? null : BigInt(userId)
    const expiresAt = new Date(this.#now() + lifeMs)
    await tx.run(
      `INSERT INTO identity_tickets (code_hash, kind, user_id, data, expires_at) VALUES (?)
       ON DUPLICATE KEY UPDATE expires_at = VALUES(expires_at)`,
      [[hashOf(code), kind, of, JSON.stringify(data), expiresAt]],
    )
    this.#sweepNowAndThen()
  }

  /** Undefined: it is over, was used, or never was. */
  async find<Kind extends TicketKind>(
    kind: Kind,
    code: string,
    db: Queryable = this.#db,
  ): Promise<Ticket<Kind> | undefined> {
    if (!isLinkCode(code)) return undefined
    const [row] = await db.rows<Row>(
      'SELECT user_id, data FROM identity_tickets WHERE code_hash = ? AND kind = ? AND expires_at > ?',
      [hashOf(code), kind, new Date(this.#now())],
    )
    if (row === undefined) return undefined
    const data = JSON.parse(row.data) as TicketData[Kind]
    return { userId: row.user_id === null ? null : String(row.user_id), data }
  }

  /** In the transaction of what is finished: of several at once, one gets it. */
  async use<Kind extends TicketKind>(
    tx: Queryable,
    kind: Kind,
    code: string,
  ): Promise<Ticket<Kind> | undefined> {
    const ticket = await this.find(kind, code, tx)
    if (ticket === undefined) return undefined
    const { affectedRows } = await tx.run('DELETE FROM identity_tickets WHERE code_hash = ?', [hashOf(code)])
    return affectedRows === 1 ? ticket : undefined
  }

  /** What this person has begun, of one kind or of all, is good no more. */
  async endAll(tx: Queryable, userId: string, kind?: TicketKind): Promise<void> {
    const of = kind === undefined ? '' : ' AND kind = ?'
    const params = [BigInt(userId), ...(kind === undefined ? [] : [kind])]
    await tx.run(`DELETE FROM identity_tickets WHERE user_id = ?${of}`, params)
  }

  /** A failed sweep is repeated later. */
  #sweepNowAndThen(): void {
    if (this.#now() < this.#sweepAt) return
    this.#sweepAt = this.#now() + sweepEveryMs
    this.#db
      .run('DELETE FROM identity_tickets WHERE expires_at <= ? ORDER BY expires_at LIMIT ?', [
        new Date(this.#now()),
        sweepRows,
      ])
      .catch(() => undefined)
  }
}
