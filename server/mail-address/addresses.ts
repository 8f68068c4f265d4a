// The mail addresses of people: one each, confirmed by a link. SQL of `mail_addresses`.
import { domainToUnicode } from 'node:url'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import type { MailLanguage } from '../mail/words/words.ts'
import type { MailAddress } from '../protocol/mail-address.ts'
import type { MailAnswer } from '../protocol/mail.ts'

/** Whoever an address belongs to. */
export interface Addressee {
  id: string
  name: string
  address: string
  language: MailLanguage
}

interface Row {
  user_id: number | string
  name: string
  address: string
  language: MailLanguage
}

const addresseeOf = ({ user_id, name, address, language }: Row): Addressee => ({
  id: String(user_id),
  name,
  address,
  language,
})

/** As people write it: its domain in their script. */
export function shownAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  return `${address.slice(0, at)}@${domainToUnicode(domain) || domain}`
}

const confirmed = `SELECT a.user_id, u.name, a.address, a.language FROM mail_addresses a
  JOIN users u ON u.id = a.user_id AND u.ended_at IS NULL WHERE a.address IS NOT NULL`

export class MailAddresses {
  readonly #db: Db
  readonly #now: () => number

  constructor(db: Db, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  async of(userId: string): Promise<MailAnswer> {
    const [row] = await this.#db.rows<{
      address: string | null
      pending: string | null
      pending_until: Date | null
    }>('SELECT address, pending, pending_until FROM mail_addresses WHERE user_id = ?', [BigInt(userId)])
    const { address = null, pending = null, pending_until: until = null } = row ?? {}
    const waits = pending !== null && until !== null && until.getTime() > this.#now()
    return {
      address: address === null ? null : shownAddress(address),
      pending: waits ? { address: shownAddress(pending), until: until.getTime() } : null,
    }
  }

  /** Whose confirmed address this is. */
  async owner(key: string, db: Queryable = this.#db): Promise<Addressee | undefined> {
    const [row] = await db.rows<Row>(`${confirmed} AND a.address_key = ?`, [key])
    return row && addresseeOf(row)
  }

  /** Where somebody is reached. */
  async find(userId: string, db: Queryable = this.#db): Promise<Addressee | undefined> {
    const [row] = await db.rows<Row>(`${confirmed} AND a.user_id = ?`, [BigInt(userId)])
    return row && addresseeOf(row)
  }

  /** The person wants this one; theirs so far holds until it is confirmed. */
  async want(
    tx: Queryable,
    userId: string,
    { address, untilMs, language }: { address: string; untilMs: number; language: MailLanguage },
  ): Promise<void> {
    await tx.run(
      `INSERT INTO mail_addresses (user_id, pending, pending_until, language) VALUES (?)
       ON DUPLICATE KEY UPDATE pending = VALUES(pending), pending_until = VALUES(pending_until), language = VALUES(language)`,
      [[BigInt(userId), address, new Date(untilMs), language]],
    )
  }

  /** Whether the person still wants it. */
  async wants(userId: string, address: string, db: Queryable = this.#db): Promise<boolean> {
    const sql = 'SELECT user_id FROM mail_addresses WHERE user_id = ? AND pending = ? AND pending_until > ?'
    return (await db.rows(sql, [BigInt(userId), address, new Date(this.#now())])).length > 0
  }

  /**
   * `language`: of somebody who is only now becoming a person. False: it belongs to another account by now; the transaction is
   * to be rolled back. Of two that confirm one at once, one gets it.
   */
  async confirm(
    tx: Queryable,
    userId: string,
    { address, key }: MailAddress,
    language?: MailLanguage,
  ): Promise<boolean> {
    const owner = await this.owner(key, tx)
    if (owner !== undefined && owner.id !== userId) return false
    const [id, now] = [BigInt(userId), new Date(this.#now())]
    try {
      if (language !== undefined) {
        const sql =
          'INSERT INTO mail_addresses (user_id, address, address_key, confirmed_at, language) VALUES (?)'
        await tx.run(sql, [[id, address, key, now, language]])
        return true
      }
      const sql = `UPDATE mail_addresses SET address = ?, address_key = ?, confirmed_at = ?, pending = NULL, pending_until = NULL
        WHERE user_id = ? AND pending = ?`
      return (await tx.run(sql, [address, key, now, id, address])).affectedRows === 1
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  }

  /** The address that it was; undefined: there was none. */
  async remove(tx: Queryable, userId: string): Promise<string | undefined> {
    const before = await this.find(userId, tx)
    await tx.run('DELETE FROM mail_addresses WHERE user_id = ?', [BigInt(userId)])
    return before?.address
  }

  /** In which language they are written to. */
  async speak(userId: string, language: MailLanguage): Promise<void> {
    await this.#db.run('UPDATE mail_addresses SET language = ? WHERE user_id = ? AND language <> ?', [
      language,
      BigInt(userId),
      language,
    ])
  }
}
