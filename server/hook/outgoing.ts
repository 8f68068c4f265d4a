// The rows of outgoing webhooks: what a person set, how far each has delivered, and which process may deliver.
// Invariant: a delivery writes only under its fence, and everything a person changes raises the fence; so nobody who
// was replaced, paused or sent back moves a cursor.
import { newToken } from '../account/token.ts'
import type { Db, Param } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { HookFilter, PausedWhy } from '../protocol/hooks.ts'
import { limits } from '../protocol/limits.ts'
import { refuseUrl } from './address-guard.ts'

export interface Outgoing {
  id: string
  room: string
  url: string
  secret: string
  filter: HookFilter
  cursor: number
  paused: PausedWhy | null
  failures: number
  failingSince: number | null
  retryAt: number | null
  lastStatus: number | null
  lastError: string | null
  lastAt: number | null
  delivered: number
  createdAt: number
}

/** A hook that this process may deliver, as long as nobody raises its fence. */
export interface Leased extends Outgoing {
  fence: number
}

/** What one delivery came to. */
export interface Told {
  cursor: number
  /** Undefined: nothing was sent, the messages up to the cursor were passed over. */
  status?: number
}

export interface Failure {
  status: number | null
  error: string
  /** Undefined: paused. */
  retryInMs: number | undefined
  paused: PausedWhy | null
}

/** A process that says nothing for so long is replaced. It says something every quarter of it. */
export const leaseMs = 4_000
const lease = `NOW(3) + INTERVAL ${leaseMs * 1_000} MICROSECOND`

const columns = `id, room_id, url, secret, filter, word, cursor_seq, paused, failures, failing_since, retry_at, last_status,
  last_error, last_at, delivered, fence, created_at`

export class OutgoingHooks {
  readonly #db: Db
  readonly #mayBePrivate: boolean

  constructor(db: Db, mayBePrivate: boolean) {
    this.#db = db
    this.#mayBePrivate = mayBePrivate
  }

  async list(room: string): Promise<Outgoing[]> {
    const sql = `SELECT ${columns} FROM outgoing_hooks WHERE room_id = ? ORDER BY id`
    return (await this.#db.rows<Row>(sql, [BigInt(room)])).map(toOutgoing)
  }

  async find(room: string, id: string): Promise<Outgoing | undefined> {
    return (await this.list(room)).find((hook) => hook.id === id)
  }

  /** Delivers what is said after `cursor`. */
  async make(room: string, rawUrl: string, filter: HookFilter, cursor: number): Promise<Outgoing | Refusal> {
    const url = URL.canParse(rawUrl) ? new URL(rawUrl) : undefined
    if (url === undefined || url.href.length > limits.hooks.urlChars) return { code: 'bad_url' }
    const refused = refuseUrl(url, this.#mayBePrivate)
    if (refused !== undefined) return { code: refused }
    const word = filter.kind === 'all' ? '' : filter.word.trim()
    if (filter.kind !== 'all' && (word === '' || /\s/.test(word))) return { code: 'bad_filter' }
    if ((await this.list(room)).length >= limits.hooks.perRoom) return { code: 'too_many_hooks' }
    const { insertId } = await this.#db.run(
      `INSERT INTO outgoing_hooks (room_id, url, secret, filter, word, cursor_seq, failures, delivered, fence, holder,
        lease_until, created_at) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, '', NOW(3), NOW(3))`,
      [BigInt(room), url.href, newToken(), filter.kind, word, cursor],
    )
    return (await this.find(room, insertId)) ?? { code: 'not_found' }
  }

  async pause(room: string, id: string): Promise<void> {
    await this.#change(room, id, `paused = 'asked'`)
  }

  /** Goes on at once, as if it had never failed. */
  async resume(room: string, id: string): Promise<void> {
    await this.#change(room, id, 'paused = NULL, failures = 0, failing_since = NULL, retry_at = NULL')
  }

  /** Everything from the number `from` (inclusive) on is delivered again, under the same delivery ids. */
  async replay(room: string, id: string, from: number): Promise<void> {
    const sets = 'cursor_seq = ?, paused = NULL, failures = 0, failing_since = NULL, retry_at = NULL'
    await this.#change(room, id, sets, [Math.max(0, from - 1)])
  }

  async remove(room: string, id: string): Promise<void> {
    await this.#db.run('DELETE FROM outgoing_hooks WHERE id = ? AND room_id = ?', [BigInt(id), BigInt(room)])
  }

  async #change(room: string, id: string, sets: string, values: Param[] = []): Promise<void> {
    // Free at once: who delivers has an old fence from here on, and the next may begin.
    await this.#db.run(
      `UPDATE outgoing_hooks SET ${sets}, fence = fence + 1, holder = '', lease_until = NOW(3) WHERE id = ? AND room_id = ?`,
      [...values, BigInt(id), BigInt(room)],
    )
  }

  /** Every hook that may deliver, whoever holds it. */
  async active(): Promise<(Outgoing & { isFree: boolean })[]> {
    const rows = await this.#db.rows<Row & { free: number }>(
      `SELECT ${columns}, (retry_at IS NULL OR retry_at <= NOW(3)) AND lease_until <= NOW(3) AS free
       FROM outgoing_hooks WHERE paused IS NULL ORDER BY id`,
    )
    return rows.map((row) => ({ ...toOutgoing(row), isFree: row.free === 1 }))
  }

  /** The right to deliver a hook, or undefined while another process has it or it waits for its next try. */
  async take(id: string, holder: string): Promise<Leased | undefined> {
    return this.#db.transaction(async (tx) => {
      const taken = await tx.run(
        `UPDATE outgoing_hooks SET fence = fence + 1, holder = ?, lease_until = ${lease}
         WHERE id = ? AND lease_until <= NOW(3) AND paused IS NULL AND (retry_at IS NULL OR retry_at <= NOW(3))`,
        [holder, BigInt(id)],
      )
      if (taken.affectedRows === 0) return undefined
      const [row] = await tx.rows<Row>(`SELECT ${columns} FROM outgoing_hooks WHERE id = ?`, [BigInt(id)])
      return row === undefined ? undefined : { ...toOutgoing(row), fence: Number(row.fence) }
    })
  }

  renew({ id, fence }: Leased): Promise<boolean> {
    return this.#write(id, fence, `lease_until = ${lease}`)
  }

  /** Whoever asks next has it. */
  async release({ id, fence }: Leased): Promise<void> {
    await this.#write(id, fence, `holder = '', lease_until = NOW(3)`)
  }

  /** Moves the cursor on. False: this process was replaced, or a person changed the hook. */
  move({ id, fence }: Leased, { cursor, status }: Told): Promise<boolean> {
    if (status === undefined) return this.#write(id, fence, 'cursor_seq = ?', [cursor])
    const sets = `cursor_seq = ?, lease_until = ${lease}, failures = 0, failing_since = NULL, retry_at = NULL,
      last_status = ?, last_error = NULL, last_at = NOW(3), delivered = delivered + 1`
    return this.#write(id, fence, sets, [cursor, status])
  }

  /** A delivery failed: tried again later, or paused. */
  fail({ id, fence }: Leased, { status, error, retryInMs, paused }: Failure): Promise<boolean> {
    const sets = `failures = failures + 1, failing_since = COALESCE(failing_since, NOW(3)), last_status = ?, last_error = ?,
      last_at = NOW(3), paused = ?, retry_at = IF(? IS NULL, NULL, NOW(3) + INTERVAL ? MICROSECOND)`
    const micros = retryInMs === undefined ? null : Math.round(retryInMs * 1_000)
    return this.#write(id, fence, sets, [status, error.slice(0, 200), paused, micros, micros ?? 0])
  }

  async #write(id: string, fence: number, sets: string, values: Param[] = []): Promise<boolean> {
    const sql = `UPDATE outgoing_hooks SET ${sets} WHERE id = ? AND fence = ?`
    return (await this.#db.run(sql, [...values, BigInt(id), fence])).affectedRows === 1
  }
}

interface Row {
  id: number
  room_id: number
  url: string
  secret: string
  filter: HookFilter['kind']
  word: string
  cursor_seq: number
  paused: PausedWhy | null
  failures: number
  failing_since: Date | null
  retry_at: Date | null
  last_status: number | null
  last_error: string | null
  last_at: Date | null
  delivered: number
  fence: number
  created_at: Date
}

const toOutgoing = (row: Row): Outgoing => ({
  id: String(row.id),
  room: String(row.room_id),
  url: row.url,
  secret: row.secret,
  filter: row.filter === 'all' ? { kind: 'all' } : { kind: row.filter, word: row.word },
  cursor: Number(row.cursor_seq),
  paused: row.paused,
  failures: row.failures,
  failingSince: row.failing_since?.getTime() ?? null,
  retryAt: row.retry_at?.getTime() ?? null,
  lastStatus: row.last_status,
  lastError: row.last_error,
  lastAt: row.last_at?.getTime() ?? null,
  delivered: Number(row.delivered),
  createdAt: row.created_at.getTime(),
})
