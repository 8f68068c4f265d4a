// The mails that are to be sent, as MySQL has them. SQL of `mails`. A row is whom it is for and what it is about; what it says is
// composed when it is sent.
import { randomBytes } from 'node:crypto'
import type { Db, Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { MailLanguage } from './words/words.ts'

export interface NewMail {
  kind: string
  userId: string | null
  /** Null: where the person is reached when it is sent. */
  address: string | null
  data: object
  language: MailLanguage
}

export interface QueuedMail extends Omit<NewMail, 'data'> {
  id: string
  data: unknown
  messageId: string
  createdAt: number
  failures: number
}

interface Row {
  id: number | string
  kind: string
  user_id: number | string | null
  address: string | null
  data: string
  language: MailLanguage
  message_id: string
  created_at: Date
  failures: number
}

/** The link of it has been used: nobody tries again to send it. */
export async function endMail(tx: Queryable, id: string | undefined): Promise<void> {
  if (id !== undefined) await tx.run('DELETE FROM mails WHERE id = ?', [BigInt(id)])
}

export class MailQueue {
  readonly #db: Db
  readonly #domain: string
  readonly #now: () => number

  /** `domain`: of Message-IDs. */
  constructor(db: Db, domain: string, now: () => number = Date.now) {
    this.#db = db
    this.#domain = domain
    this.#now = now
  }

  /** @returns its id */
  async put(tx: Queryable, { kind, userId, address, data, language }: NewMail): Promise<string> {
    const now = new Date(this.#now())
    const messageId = `<${randomBytes(16).toString('hex')}@${this.#domain}>`
    const { insertId } = await tx.run(
      'INSERT INTO mails (kind, user_id, address, data, language, message_id, created_at, due_at) VALUES (?)',
      [
        [
          kind,
          userId === null ? null : BigInt(userId),
          address,
          JSON.stringify(data),
          language,
          messageId,
          now,
          now,
        ],
      ],
    )
    return insertId
  }

  /** Those of these kinds whose time has come and that nobody is sending, the oldest first. */
  async due(kinds: readonly string[]): Promise<string[]> {
    const now = new Date(this.#now())
    const rows = await this.#db.rows<{ id: number | string }>(
      `SELECT id FROM mails WHERE due_at <= ? AND (held_until IS NULL OR held_until <= ?)
       AND kind IN (?) ORDER BY due_at, id LIMIT ?`,
      [now, now, [...kinds], limits.mail.batch],
    )
    return rows.map(({ id }) => String(id))
  }

  /** Of several processes that want it at once, one gets it. Undefined: another one does, or it has been sent. */
  async take(id: string, holder: string): Promise<QueuedMail | undefined> {
    const now = new Date(this.#now())
    const until = new Date(this.#now() + limits.mail.leaseMs)
    const sql = `UPDATE mails SET holder = ?, held_until = ?
      WHERE id = ? AND due_at <= ? AND (held_until IS NULL OR held_until <= ?)`
    const { affectedRows } = await this.#db.run(sql, [holder, until, BigInt(id), now, now])
    if (affectedRows !== 1) return undefined
    const [row] = await this.#db.rows<Row>(
      `SELECT id, kind, user_id, address, data, language, message_id, created_at, failures FROM mails
       WHERE id = ? AND holder = ?`,
      [BigInt(id), holder],
    )
    if (row === undefined) return undefined
    const { kind, address, language, failures } = row
    return {
      id,
      kind,
      address,
      language,
      failures,
      userId: row.user_id === null ? null : String(row.user_id),
      data: JSON.parse(row.data) as unknown,
      messageId: row.message_id,
      createdAt: row.created_at.getTime(),
    }
  }

  /** It has been sent, or nobody wants it any more. */
  async remove(id: string, holder: string): Promise<void> {
    await this.#db.run('DELETE FROM mails WHERE id = ? AND holder = ?', [BigInt(id), holder])
  }

  /** Tried again after this long; `counts`: it was this mail that was refused. */
  async postpone(id: string, holder: string, { ms, counts }: { ms: number; counts: boolean }): Promise<void> {
    const sql = `UPDATE mails SET due_at = ?, failures = failures + ?, holder = NULL, held_until = NULL
      WHERE id = ? AND holder = ?`
    await this.#db.run(sql, [new Date(this.#now() + ms), Number(counts), BigInt(id), holder])
  }

  /** What nobody could deliver for limits.mail.keptMs and is being sent by nobody; removed, and said. */
  async takeOld(): Promise<{ id: string; kind: string }[]> {
    const [now, since] = [new Date(this.#now()), new Date(this.#now() - limits.mail.keptMs)]
    const rows = await this.#db.rows<{ id: number | string; kind: string }>(
      `SELECT id, kind FROM mails WHERE created_at <= ? AND failures > 0 AND (held_until IS NULL OR held_until <= ?)
       ORDER BY id LIMIT ?`,
      [since, now, limits.mail.batch],
    )
    const removed: { id: string; kind: string }[] = []
    for (const { id, kind } of rows) {
      const sql = 'DELETE FROM mails WHERE id = ? AND (held_until IS NULL OR held_until <= ?)'
      if ((await this.#db.run(sql, [BigInt(id), now])).affectedRows === 1)
        removed.push({ id: String(id), kind })
    }
    return removed
  }

  async waiting(): Promise<number> {
    const [row] = await this.#db.rows<{ waiting: number }>('SELECT COUNT(*) AS waiting FROM mails')
    return Number(row?.waiting)
  }

  /** Of one person and kind, inside the transaction of what makes them needless. */
  async drop(tx: Queryable, userId: string, kind: string): Promise<void> {
    await tx.run('DELETE FROM mails WHERE user_id = ? AND kind = ?', [BigInt(userId), kind])
  }
}
