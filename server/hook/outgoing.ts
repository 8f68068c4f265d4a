// The rows of outgoing webhooks: their settings, how far each has delivered, and which process may deliver.
// Invariant: a delivery writes only under its fence, and every change by a person raises the fence; so a process that
// was replaced, or whose hook was paused or rewound, cannot move a cursor.
import { newToken } from '../account/token.ts'
import type { Db, Param } from '../db.ts'
import { leaseEnd, leaseIsFree, takeLease } from '../lease-row.ts'
import type { Refusal } from '../protocol/errors.ts'
import { mayManage } from '../posting/gate.ts'
import type { HookFilter, PausedWhy } from '../protocol/hooks.ts'
import { limits } from '../protocol/limits.ts'
import type { Role } from '../protocol/people.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'
import { refuseUrl } from '../address-guard.ts'

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
  /** How often it was asked to deliver again. */
  replays: number
  /** Who created it, or set it going again last; null if that was before this was kept. */
  owner: string | null
  createdAt: number
}

export interface NewHook extends Pick<Outgoing, 'room' | 'url' | 'filter' | 'cursor'> {
  owner: string
}

/** A hook that this process may deliver, until somebody raises its fence. */
export interface Leased extends Outgoing {
  fence: number
}

/** The result of one delivery. */
export interface Told {
  cursor: number
  /** Undefined: nothing was sent, the messages up to the cursor were filtered out. */
  status?: number
}

export interface Failure {
  status: number | null
  error: string
  /** Undefined: paused. */
  retryInMs: number | undefined
  paused: PausedWhy | null
}

/** A process that does not renew its lease for this long is replaced. It renews four times as often. */
export const leaseMs = 4_000
const lease = leaseEnd(leaseMs)

/** Somebody asks for something of a hook. */
interface Asked {
  room: string
  id: string
  /** Whose it is then. */
  owner: string
}

interface OwnerRow {
  id: number
  kind: RoomKind
  role: Role | null
  admin: number | null
}

const goesOn = 'paused = NULL, failures = 0, failing_since = NULL, retry_at = NULL, created_by = ?'

const columns = `id, room_id, url, secret, filter, word, cursor_seq, paused, failures, failing_since, retry_at, last_status,
  last_error, last_at, delivered, replays, fence, created_at, created_by`

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

  /** Delivers the messages after `cursor`. */
  async make({ room, url: rawUrl, filter, cursor, owner }: NewHook): Promise<Outgoing | Refusal> {
    const url = URL.canParse(rawUrl) ? new URL(rawUrl) : undefined
    if (url === undefined || url.href.length > limits.hooks.urlChars) return { code: 'bad_url' }
    const refused = refuseUrl(url, this.#mayBePrivate)
    if (refused !== undefined) return { code: refused }
    const word = filter.kind === 'all' ? '' : filter.word.trim()
    if (filter.kind !== 'all' && (word === '' || /\s/.test(word))) return { code: 'bad_filter' }
    if ((await this.list(room)).length >= limits.hooks.perRoom) return { code: 'too_many_hooks' }
    const { insertId } = await this.#db.run(
      `INSERT INTO outgoing_hooks (room_id, url, secret, filter, word, cursor_seq, failures, delivered, fence, holder,
        lease_until, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, '', NOW(3), NOW(3), ?)`,
      [BigInt(room), url.href, newToken(), filter.kind, word, cursor, BigInt(owner)],
    )
    return (await this.find(room, insertId)) ?? { code: 'not_found' }
  }

  async pause(room: string, id: string): Promise<void> {
    await this.#change(room, id, `paused = 'asked'`)
  }

  /** Resumes at once, as if it had never failed, and for whoever asks. */
  async resume({ room, id, owner }: Asked): Promise<void> {
    await this.#change(room, id, goesOn, [BigInt(owner)])
  }

  /** Delivers everything from number `from` (inclusive) again, under other delivery ids. */
  async replay({ room, id, owner }: Asked, from: number): Promise<void> {
    const sets = `replays = replays + 1, cursor_seq = ?, ${goesOn}`
    await this.#change(room, id, sets, [Math.max(0, from - 1), BigInt(owner)])
  }

  async remove(room: string, id: string): Promise<void> {
    await this.#db.run('DELETE FROM outgoing_hooks WHERE id = ? AND room_id = ?', [BigInt(id), BigInt(room)])
  }

  async #change(room: string, id: string, sets: string, values: Param[] = []): Promise<void> {
    // Released at once: the current holder's fence is outdated now, and the next process may begin.
    await this.#db.run(
      `UPDATE outgoing_hooks SET ${sets}, fence = fence + 1, holder = '', lease_until = NOW(3) WHERE id = ? AND room_id = ?`,
      [...values, BigInt(id), BigInt(room)],
    )
  }

  /** Every hook that may deliver, whichever process holds it. */
  async active(): Promise<(Outgoing & { isFree: boolean })[]> {
    const rows = await this.#db.rows<Row & { free: number }>(
      `SELECT ${columns}, (retry_at IS NULL OR retry_at <= NOW(3)) AND ${leaseIsFree(leaseMs)} AS free
       FROM outgoing_hooks WHERE paused IS NULL
         AND room_id NOT IN (SELECT id FROM rooms WHERE deleted_at IS NOT NULL) ORDER BY id`,
    )
    return rows.map((row) => ({ ...toOutgoing(row), isFree: row.free === 1 }))
  }

  /** Which of these have an owner who may not manage them any more. Those of nobody known have none to lose. */
  async unowned(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set()
    const rows = await this.#db.rows<OwnerRow>(
      `SELECT h.id, r.kind, m.role, u.is_admin AS admin
       FROM outgoing_hooks h JOIN rooms r ON r.id = h.room_id LEFT JOIN users u ON u.id = h.created_by
       LEFT JOIN memberships m ON m.room_id = h.room_id AND m.user_id = h.created_by
       WHERE h.id IN (?) AND h.created_by IS NOT NULL AND r.deleted_at IS NULL`,
      [ids.map(BigInt)],
    )
    const lost = rows.filter(({ kind, role, admin }) => !mayManage({ kind, role, admin: admin === 1 }))
    return new Set(lost.map(({ id }) => String(id)))
  }

  /** Pauses it, unless somebody else has set it going meanwhile. */
  async orphan({ id, owner }: Pick<Outgoing, 'id' | 'owner'>): Promise<void> {
    await this.#db.run(
      `UPDATE outgoing_hooks SET paused = 'unowned', fence = fence + 1, holder = '', lease_until = NOW(3)
       WHERE id = ? AND created_by = ? AND paused IS NULL`,
      [BigInt(id), BigInt(owner ?? 0)],
    )
  }

  /** The lease of a hook; undefined while another process has it, or while it waits for its next retry. */
  async take(id: string, holder: string): Promise<Leased | undefined> {
    return this.#db.transaction(async (tx) => {
      const hook = { table: 'outgoing_hooks', key: 'id', id: BigInt(id) } as const
      const only = 'paused IS NULL AND (retry_at IS NULL OR retry_at <= NOW(3))'
      if (!(await takeLease(tx, { ...hook, holder, ms: leaseMs, only }))) return undefined
      const [row] = await tx.rows<Row>(`SELECT ${columns} FROM outgoing_hooks WHERE id = ?`, [BigInt(id)])
      return row === undefined ? undefined : { ...toOutgoing(row), fence: Number(row.fence) }
    })
  }

  renew({ id, fence }: Leased): Promise<boolean> {
    return this.#write(id, fence, `lease_until = ${lease}`)
  }

  /** The next process that asks gets it. */
  async release({ id, fence }: Leased): Promise<void> {
    await this.#write(id, fence, `holder = '', lease_until = NOW(3)`)
  }

  /** Moves the cursor forward. False: this process was replaced, or a person changed the hook. */
  move({ id, fence }: Leased, { cursor, status }: Told): Promise<boolean> {
    if (status === undefined) return this.#write(id, fence, 'cursor_seq = ?', [cursor])
    const sets = `cursor_seq = ?, lease_until = ${lease}, failures = 0, failing_since = NULL, retry_at = NULL,
      last_status = ?, last_error = NULL, last_at = NOW(3), delivered = delivered + 1`
    return this.#write(id, fence, sets, [cursor, status])
  }

  /** A delivery failed: it is retried later, or the hook is paused. */
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
  replays: number
  fence: number
  created_at: Date
  created_by: number | null
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
  replays: row.replays,
  createdAt: row.created_at.getTime(),
  owner: row.created_by === null ? null : String(row.created_by),
})
