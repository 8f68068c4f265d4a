// Secrets that all servers of this Brook share. They are stored in MySQL, created when first needed, and kept in
// memory.
import { randomBytes } from 'node:crypto'
import type { Queryable } from './db.ts'

const keyBytes = 32

export class ServerKeys {
  readonly #db: Queryable
  readonly #known = new Map<string, Promise<Buffer>>()

  constructor(db: Queryable) {
    this.#db = db
  }

  /**
   * The secret of this name, 32 bytes.
   * @throws a lost connection, if MySQL is down and the secret is not known here
   */
  of(name: string): Promise<Buffer> {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const read = this.#read(name)
    this.#known.set(name, read)
    read.catch(() => this.#known.delete(name))
    return read
  }

  /** If two servers need it first, both use the one that was written. */
  async #read(name: string): Promise<Buffer> {
    await this.#db.run(
      'INSERT INTO server_keys (name, value) VALUES (?) ON DUPLICATE KEY UPDATE name = VALUES(name)',
      [[name, randomBytes(keyBytes)]],
    )
    const [row] = await this.#db.rows<{ value: Buffer }>('SELECT value FROM server_keys WHERE name = ?', [
      name,
    ])
    if (row === undefined) throw new Error(`no key ${name}`)
    return row.value
  }
}
