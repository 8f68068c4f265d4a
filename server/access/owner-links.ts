// The link that makes its bearer an administrator: printed at the first start, and by `brook admin link`. One at a time: a new
// one ends the one before. MySQL has its hash alone.
import { createHash, randomBytes } from 'node:crypto'
import type { Db, Queryable } from '../db.ts'

const fact = 'owner_link'

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex')

export class OwnerLinks {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** A new code. */
  async make(): Promise<string> {
    const code = randomBytes(16).toString('base64url')
    await this.#db.run(
      'INSERT INTO installation (name, value) VALUES (?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
      [[fact, hashOf(code)]],
    )
    return code
  }

  async isGood(code: string): Promise<boolean> {
    const [row] = await this.#db.rows<{ value: string }>('SELECT value FROM installation WHERE name = ?', [
      fact,
    ])
    return row?.value === hashOf(code)
  }

  /** In the transaction that makes the administrator. False: it is not the newest, or was used. */
  async use(tx: Queryable, code: string): Promise<boolean> {
    const sql = 'DELETE FROM installation WHERE name = ? AND value = ?'
    return (await tx.run(sql, [fact, hashOf(code)])).affectedRows === 1
  }
}

/** The address to open. The code is behind the #: no server and no proxy on the way logs it. */
export const ownerUrl = (address: string, code: string): string => `${address}/owner#${code}`
