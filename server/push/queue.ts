// What waits to be sent to devices, in MySQL: filled from `notifications` in their order by the one process that holds the head,
// and emptied by it. Invariant: a notification enters with the head that has passed it, in one transaction, so that it is sent
// once however often that process is killed.
import type { Db, Param, Queryable } from '../db.ts'
import { leaseEnd, takeLease } from '../lease-row.ts'
import type { NotifyCause } from '../protocol/notify-causes.ts'
import { limits } from '../protocol/limits.ts'
import type { PushLanguage } from '../protocol/push.ts'
import type { Target } from './post.ts'

export type QueuedKind = 'new' | 'read' | 'summary'

/** One row, with its device. */
export interface Queued extends Target {
  kind: QueuedKind
  /** Of the notification; of a summary, the first one. */
  id: string
  lastId: string
  device: string
  user: string
  room: string
  untilMs: number
  tries: number
  language: PushLanguage
  isFailing: boolean
  /** Its session is open. */
  isOpen: boolean
}

/** A notification, as it was decided. */
export interface Told {
  id: string
  user: string
  room: string
  seq: number
  event: string
  thread: number | undefined
  cause: NotifyCause
  by: string
  at: number
}

const { leaseMs, graceMs, keptMs, page } = limits.push

export class PushQueue {
  readonly #db: Db
  readonly #now: () => number

  constructor(db: Db, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** The fence of the head; undefined while another process has it. */
  async take(holder: string): Promise<number | undefined> {
    return this.#db.transaction(async (tx) => {
      const head = { table: 'push_head', key: 'one', id: 1 } as const
      if (!(await takeLease(tx, { ...head, holder, ms: leaseMs }))) return undefined
      const [row] = await tx.rows<{ fence: number }>('SELECT fence FROM push_head WHERE one = 1')
      return Number(row?.fence)
    })
  }

  /** False: another process has it now. */
  async renew(fence: number): Promise<boolean> {
    const sql = `UPDATE push_head SET lease_until = ${leaseEnd(leaseMs)}, holder = holder WHERE one = 1 AND fence = ?`
    const { affectedRows } = await this.#db.run(sql, [fence])
    return affectedRows === 1
  }

  async release(fence: number): Promise<void> {
    await this.#db.run("UPDATE push_head SET holder = '', lease_until = NOW(3) WHERE one = 1 AND fence = ?", [
      fence,
    ])
  }

  /** Takes up what was decided since. Returns whether there may be more; undefined: another process has the head. */
  async collect(fence: number): Promise<boolean | undefined> {
    return this.#db.transaction(async (tx) => {
      const [head] = await tx.rows<{ read_id: number | string }>(
        'SELECT read_id FROM push_head WHERE one = 1 AND fence = ? FOR UPDATE',
        [fence],
      )
      if (head === undefined) return undefined
      const rows = await tx.rows<{ id: number; user_id: number; room_id: number; at_ms: number }>(
        'SELECT id, user_id, room_id, at_ms FROM notifications WHERE id > ? ORDER BY id LIMIT ?',
        [BigInt(head.read_id), page],
      )
      const last = rows.at(-1)
      if (last === undefined) return false
      const now = this.#now()
      const oldest = now - keptMs
      await this.#enter(
        tx,
        rows
          .filter(({ at_ms }) => Number(at_ms) > oldest)
          .map(({ id, user_id, room_id, at_ms }) => ({
            kind: 'new',
            id: String(id),
            lastId: String(id),
            user: String(user_id),
            room: String(room_id),
            // Trap: the clock of the log may be ahead of this one, by minutes too; nobody waits for that.
            dueMs: Math.min(Number(at_ms), now) + graceMs,
            untilMs: Number(at_ms) + keptMs,
          })),
      )
      await tx.run('UPDATE push_head SET read_id = ? WHERE one = 1', [last.id])
      return rows.length === page
    })
  }

  /** The services for which something waits, with when the first of it is due. */
  async services(): Promise<{ service: number; dueMs: number }[]> {
    const rows = await this.#db.rows<{ service: number; due: number }>(
      'SELECT service, MIN(due_ms) AS due FROM push_queue GROUP BY service',
    )
    return rows.map(({ service, due }) => ({ service, dueMs: Number(due) }))
  }

  /**
   * What is due for a service, first come first served; with what is said in the same room at the same moment, which is one
   * message with it.
   */
  async due(service: number, limit: number = limits.push.lane.rows): Promise<Queued[]> {
    const now = this.#now()
    const rows = await this.#db.rows<DueRow>(
      `SELECT q.kind, q.notification_id, q.last_id, q.subscription_id, q.user_id, q.room_id, q.due_ms, q.until_ms, q.tries,
         p.endpoint, p.p256dh, p.auth, p.language, p.failing_ms, s.id AS session_id
       FROM push_queue q JOIN push_subscriptions p ON p.id = q.subscription_id
       LEFT JOIN sessions s ON s.id = p.session_id AND s.user_id = p.user_id AND s.expires_at > ?
       WHERE q.service = ? AND q.due_ms <= ? ORDER BY q.due_ms, q.notification_id LIMIT ?`,
      [new Date(now), service, now + graceMs, limit],
    )
    const placeOf = (row: DueRow): string => `${row.subscription_id} ${row.room_id}`
    const isDue = (row: DueRow): boolean => Number(row.due_ms) <= now
    const places = new Set(rows.filter(isDue).map(placeOf))
    return rows.filter((row) => isDue(row) || places.has(placeOf(row))).map(queuedOf)
  }

  /** These notifications as they were decided, by id. */
  async told(ids: readonly string[]): Promise<Map<string, Told>> {
    if (ids.length === 0) return new Map()
    const rows = await this.#db.rows<ToldRow>(`SELECT ${toldColumns} FROM notifications WHERE id IN (?)`, [
      ids.map(BigInt),
    ])
    return new Map(rows.map((row) => [String(row.id), toldOf(row)]))
  }

  /** What somebody was told of from one notification to another, both inclusive, and has not put away; the newest. */
  async toldBetween(user: string, from: string, to: string): Promise<Told[]> {
    const rows = await this.#db.rows<ToldRow>(
      `SELECT ${toldColumns} FROM notifications
       WHERE user_id = ? AND done_ms IS NULL AND id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?`,
      [BigInt(user), BigInt(from), BigInt(to), limits.push.summary.notifications],
    )
    return rows.map(toldOf)
  }

  /** Nothing of these is to be sent any more. */
  async drop(rows: readonly Pick<Queued, 'id' | 'device'>[], tx: Queryable = this.#db): Promise<void> {
    for (let at = 0; at < rows.length; at += page)
      await tx.run('DELETE FROM push_queue WHERE (notification_id, subscription_id) IN (?)', [
        rows.slice(at, at + page).map(({ id, device }): Param[] => [BigInt(id), BigInt(device)]),
      ])
  }

  /** It is tried again later, and everything else of this device with it. */
  async later(rows: readonly Pick<Queued, 'id' | 'device'>[], dueMs: number): Promise<void> {
    const [first] = rows
    if (first === undefined) return
    await this.#db.run(
      `UPDATE push_queue SET tries = tries + (notification_id IN (?)), due_ms = GREATEST(due_ms, ?)
       WHERE subscription_id = ?`,
      [rows.map(({ id }) => BigInt(id)), dueMs, BigInt(first.device)],
    )
  }

  /** Something to send to all devices of somebody. */
  enter(tx: Queryable, entry: Entry): Promise<void> {
    return this.#enter(tx, [entry])
  }

  async #enter(tx: Queryable, entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return
    const devices = await tx.rows<{ id: number; user_id: number; service: number }>(
      'SELECT id, user_id, service FROM push_subscriptions WHERE user_id IN (?)',
      [[...new Set(entries.map(({ user }) => user))].map(BigInt)],
    )
    const ofUser = new Map<string, typeof devices>()
    for (const one of devices)
      ofUser.set(String(one.user_id), [...(ofUser.get(String(one.user_id)) ?? []), one])
    const rows = entries.flatMap(({ kind, id, lastId, user, room, dueMs, untilMs, device }) =>
      (ofUser.get(user) ?? [])
        .filter((one) => device === undefined || String(one.id) === device)
        .map((one): Param[] => [
          BigInt(id),
          one.id,
          kind,
          BigInt(lastId),
          BigInt(user),
          BigInt(room),
          one.service,
          dueMs,
          untilMs,
        ]),
    )
    for (let at = 0; at < rows.length; at += page)
      await tx.run(
        `INSERT INTO push_queue (notification_id, subscription_id, kind, last_id, user_id, room_id, service, due_ms, until_ms)
         VALUES ? ON DUPLICATE KEY UPDATE kind = VALUES(kind), last_id = VALUES(last_id), due_ms = VALUES(due_ms)`,
        [rows.slice(at, at + page)],
      )
  }
}

export interface Entry extends Pick<Queued, 'kind' | 'id' | 'lastId' | 'user' | 'room' | 'untilMs'> {
  dueMs: number
  /** Undefined: all of this person. */
  device?: string
}

interface DueRow extends Target {
  kind: QueuedKind
  notification_id: number
  last_id: number
  subscription_id: number
  user_id: number
  room_id: number
  due_ms: number
  until_ms: number
  tries: number
  language: PushLanguage
  failing_ms: number | null
  session_id: number | null
}

const queuedOf = ({ kind, endpoint, p256dh, auth, language, tries, ...row }: DueRow): Queued => ({
  kind,
  endpoint,
  p256dh,
  auth,
  language,
  tries,
  id: String(row.notification_id),
  lastId: String(row.last_id),
  device: String(row.subscription_id),
  user: String(row.user_id),
  room: String(row.room_id),
  untilMs: Number(row.until_ms),
  isFailing: row.failing_ms !== null,
  isOpen: row.session_id !== null,
})

interface ToldRow {
  id: number
  user_id: number
  room_id: number
  seq: number
  event: string
  thread_root: number | null
  cause: NotifyCause
  by_id: number
  at_ms: number
}

const toldColumns = 'id, user_id, room_id, seq, event, thread_root, cause, by_id, at_ms'

const toldOf = (row: ToldRow): Told => ({
  id: String(row.id),
  user: String(row.user_id),
  room: String(row.room_id),
  seq: Number(row.seq),
  event: row.event,
  thread: row.thread_root === null ? undefined : Number(row.thread_root),
  cause: row.cause,
  by: String(row.by_id),
  at: Number(row.at_ms),
})
