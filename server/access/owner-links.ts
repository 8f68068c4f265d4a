// The link that makes its bearer an administrator: printed at the first start, and by `brook admin link`. One at a time: a new
// one ends the one before. MySQL has its hash alone.
import { createHash, randomBytes } from 'node:crypto'
import type { Db, Queryable } from '../db.ts'
import { factOf, setFact } from '../facts.ts'
import { limits } from '../protocol/limits.ts'
import { isLinkCode } from './link-code.ts'

const fact = 'owner_link'

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex')

export class OwnerLinks {
  readonly #db: Db
  readonly #now: () => number

  constructor(db: Db, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** A new code. */
  async make(): Promise<string> {
    const code = randomBytes(16).toString('base64url')
    const until = this.#now() + limits.ownerLinkMs
    await setFact(this.#db, fact, `${hashOf(code)} ${until}`)
    return code
  }

  async isGood(code: string): Promise<boolean> {
    return (await this.#kept(this.#db, code)) !== undefined
  }

  /** In the transaction that makes the administrator. False: it is not the newest, was used, or is too old. */
  async use(tx: Queryable, code: string): Promise<boolean> {
    const kept = await this.#kept(tx, code)
    if (kept === undefined) return false
    const sql = 'DELETE FROM installation WHERE name = ? AND value = ?'
    return (await tx.run(sql, [fact, kept])).affectedRows === 1
  }

  async #kept(db: Queryable, code: string): Promise<string | undefined> {
    if (!isLinkCode(code)) return undefined
    const kept = await factOf(db, fact)
    const [hash, until] = kept?.split(' ') ?? []
    return hash === hashOf(code) && Number(until) > this.#now() ? kept : undefined
  }
}

/** The address to open. The code is behind the #: no server and no proxy on the way logs it. */
export const ownerUrl = (address: string, code: string): string => `${address}/owner#${code}`
