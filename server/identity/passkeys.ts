// The passkeys of people. SQL of `passkeys`. Whether somebody may add or use one is decided by whoever calls.
import type { Db, Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { Passkey } from '../protocol/passkeys.ts'
import { hashOfCredential, type KeptKey } from './webauthn.ts'

/** A key, whose it is, and for which name of this Brook. */
export interface KeptPasskey extends KeptKey {
  id: string
  userId: string
  rpId: string
}

interface Row {
  id: number | string
  user_id: number | string
  credential_id: Buffer
  public_key: Buffer
  rp_id: string
  name: string
  transports: string
  counter: number
  created_at: Date
  used_at: Date | null
}

const columns =
  'id, user_id, credential_id, public_key, rp_id, name, transports, counter, created_at, used_at'

const keptOf = (row: Row): KeptPasskey => ({
  id: String(row.id),
  userId: String(row.user_id),
  credentialId: row.credential_id,
  publicKey: row.public_key,
  rpId: row.rp_id,
  transports: row.transports === '' ? [] : row.transports.split(','),
  counter: Number(row.counter),
})

export class Passkeys {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** Somebody's, the oldest first. `rpId`: the name under which they ask. */
  async of(userId: string, rpId: string | undefined): Promise<Passkey[]> {
    return (await this.#rows(this.#db, userId)).map((row) => ({
      id: String(row.id),
      name: row.name,
      createdAt: row.created_at.getTime(),
      usedAt: row.used_at?.getTime() ?? null,
      here: row.rp_id === rpId,
    }))
  }

  /** Those that can be used under this name. */
  async keysOf(userId: string, rpId: string): Promise<KeptPasskey[]> {
    return (await this.#rows(this.#db, userId)).filter((row) => row.rp_id === rpId).map(keptOf)
  }

  /** The key of this id, whoever has it. */
  async find(credentialId: Buffer): Promise<KeptPasskey | undefined> {
    const sql = `SELECT ${columns} FROM passkeys WHERE credential_hash = ?`
    const [row] = await this.#db.rows<Row>(sql, [hashOfCredential(credentialId)])
    return row && keptOf(row)
  }

  /**
   * The id of a new one; undefined: they have as many as they may. The person is locked (see SecondFactors.lock).
   * @throws a duplicate, if somebody has this key
   */
  async add(
    tx: Queryable,
    userId: string,
    key: KeptKey & { rpId: string; name: string },
  ): Promise<string | undefined> {
    if ((await this.#rows(tx, userId)).length >= limits.identity.passkeys) return undefined
    const { insertId } = await tx.run(
      `INSERT INTO passkeys (user_id, credential_id, credential_hash, public_key, rp_id, name, transports, counter, created_at)
       VALUES (?)`,
      [
        [
          BigInt(userId),
          key.credentialId,
          hashOfCredential(key.credentialId),
          key.publicKey,
          key.rpId,
          key.name,
          key.transports.join(','),
          key.counter,
          new Date(),
        ],
      ],
    )
    return insertId
  }

  /** False: they have none with this id. */
  async rename(userId: string, id: string, name: string): Promise<boolean> {
    const sql = 'UPDATE passkeys SET name = ? WHERE id = ? AND user_id = ?'
    return (await this.#db.run(sql, [name, BigInt(id), BigInt(userId)])).affectedRows === 1
  }

  /** The name of the one that is gone; undefined: they have none with this id. */
  async remove(tx: Queryable, userId: string, id: string): Promise<string | undefined> {
    const params = [BigInt(id), BigInt(userId)]
    const sql = 'SELECT name FROM passkeys WHERE id = ? AND user_id = ? FOR UPDATE'
    const [row] = await tx.rows<{ name: string }>(sql, params)
    if (row !== undefined) await tx.run('DELETE FROM passkeys WHERE id = ? AND user_id = ?', params)
    return row?.name
  }

  /** Of two answers with the same count, from a copied key, one gets through. False: that one, or it was removed meanwhile. */
  async use(tx: Queryable, { id }: KeptPasskey, counter: number): Promise<boolean> {
    const sql =
      'UPDATE passkeys SET counter = ?, used_at = ? WHERE id = ? AND (counter < ? OR (counter = 0 AND ? = 0))'
    const { affectedRows } = await tx.run(sql, [counter, new Date(), BigInt(id), counter, counter])
    return affectedRows === 1
  }

  #rows(db: Queryable, userId: string): Promise<Row[]> {
    return db.rows<Row>(`SELECT ${columns} FROM passkeys WHERE user_id = ? ORDER BY id`, [BigInt(userId)])
  }
}
