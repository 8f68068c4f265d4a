// Scheduled messages in MySQL, for their authors. SQL of `scheduled_messages`; due.ts sends them.
import type { Db, Param, Queryable } from '../db.ts'
import { findFiles, refOf } from '../files/file-row.ts'
import { refuseTextOf } from '../posting/refuse-words.ts'
import { errors, type ErrorCode, type Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { SentBody } from '../protocol/message.ts'
import type { RescheduleBody, Scheduled } from '../protocol/scheduled.ts'
import { newCid } from '../protocol/cid.ts'

const { maxMs, atOnce, keptMs } = limits.scheduled

export type ScheduledState = Scheduled['state'] | 'sent' | 'deleted'

export interface ScheduledRow {
  id: number
  room_id: number
  cid: string
  said: string
  due_ms: number
  state: ScheduledState
  refusal: string | null
}

/** What somebody schedules: allowed, apart from its time. */
export interface Wanted {
  user: string
  room: string
  cid: string
  at: number
  said: SentBody
}

const columns = 'id, room_id, cid, said, due_ms, state, refusal'

export class ScheduledMessages {
  readonly #db: Db
  readonly #now: () => number

  constructor(db: Db, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** The next one first. */
  async list(user: string): Promise<Scheduled[]> {
    const rows = await this.#db.rows<ScheduledRow>(
      `SELECT ${columns} FROM scheduled_messages
       WHERE user_id = ? AND state IN ('waiting', 'sending', 'refused') ORDER BY due_ms, id`,
      [BigInt(user)],
    )
    return shown(this.#db, rows)
  }

  /** Asked for again with the same cid, it is the same one; null: that has been sent or deleted since. */
  async add({ user, room, cid, at, said }: Wanted): Promise<Scheduled | Refusal | null> {
    return this.#db.transaction(async (tx) => {
      // One at a time of a person, so that nobody has more than the limit.
      await tx.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [BigInt(user)])
      const [known] = await tx.rows<ScheduledRow>(
        `SELECT ${columns} FROM scheduled_messages WHERE user_id = ? AND cid = ?`,
        [BigInt(user), cid],
      )
      if (known !== undefined) return outcome(tx, known)
      const refusal = this.#refuseTime(at) ?? (await this.#refuseMore(tx, user))
      if (refusal !== undefined) return refusal
      const { insertId } = await tx.run(
        'INSERT INTO scheduled_messages (user_id, room_id, cid, said, due_ms, state, created_ms) VALUES (?)',
        [[BigInt(user), BigInt(room), cid, JSON.stringify(said), at, 'waiting', this.#now()]],
      )
      const row = await find(tx, user, insertId)
      return row === undefined ? null : outcome(tx, row)
    })
  }

  /** One that was refused has certainly not been sent: it waits again, under a cid of its own. */
  async change(user: string, id: string, change: RescheduleBody): Promise<Scheduled | Refusal> {
    return this.#db.transaction(async (tx) => {
      await tx.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [BigInt(user)])
      const row = await find(tx, user, id)
      const refusal =
        row === undefined ? { code: 'not_found' as const } : await this.#refuseChange(tx, user, row, change)
      if (row === undefined || refusal !== undefined) return refusal ?? { code: 'not_found' }
      const said = JSON.parse(row.said) as SentBody
      const at = change.now === true ? this.#now() : (change.at ?? row.due_ms)
      const cid = row.state === 'refused' ? newCid(this.#now()) : row.cid
      const words = change.text === undefined ? said : { ...said, text: change.text }
      const code = change.text === undefined ? undefined : refuseTextOf(change.text, said)
      if (code !== undefined) return { code }
      const { affectedRows } = await tx.run(
        `UPDATE scheduled_messages SET state = 'waiting', refusal = NULL, done_ms = NULL, rests_ms = 0, said = ?, due_ms = ?, cid = ?
         WHERE id = ? AND state = ?`,
        [JSON.stringify(words), at, cid, row.id, row.state],
      )
      if (affectedRows === 0) return { code: 'being_sent' }
      // Its files stay with it.
      if (cid !== row.cid && said.files !== undefined)
        await tx.run(
          'UPDATE files SET message_cid = ? WHERE user_id = ? AND message_cid = ? AND seq IS NULL',
          [cid, BigInt(user), row.cid],
        )
      const changed = await find(tx, user, id)
      return changed === undefined ? { code: 'not_found' } : shownOne(tx, changed)
    })
  }

  /** For limits.scheduled.keptMs this can be undone. Undefined: it is deleted, or never was. */
  async remove(user: string, id: string): Promise<Refusal | undefined> {
    const { affectedRows } = await this.#db.run(
      `UPDATE scheduled_messages SET state = 'deleted', done_ms = ? WHERE user_id = ? AND id = ? AND state IN ('waiting', 'refused')`,
      [this.#now(), BigInt(user), BigInt(id)],
    )
    if (affectedRows > 0) return undefined
    const row = await find(this.#db, user, id)
    return row?.state === 'sending' ? { code: 'being_sent' } : undefined
  }

  #refuseTime(at: number): Refusal | undefined {
    const now = this.#now()
    return at < now || at > now + maxMs ? { code: 'bad_schedule' } : undefined
  }

  async #refuseMore(tx: Queryable, user: string): Promise<Refusal | undefined> {
    const [{ n } = { n: 0 }] = await tx.rows<{ n: number }>(
      "SELECT COUNT(*) AS n FROM scheduled_messages WHERE user_id = ? AND state IN ('waiting', 'sending', 'refused')",
      [BigInt(user)],
    )
    return Number(n) >= atOnce ? { code: 'too_many_scheduled' } : undefined
  }

  async #refuseChange(
    tx: Queryable,
    user: string,
    { state, due_ms }: ScheduledRow,
    change: RescheduleBody,
  ): Promise<Refusal | undefined> {
    if (state === 'sending') return { code: 'being_sent' }
    if (state === 'sent' || (state === 'deleted') !== (change.deleted === false)) return { code: 'not_found' }
    const more = state === 'deleted' ? await this.#refuseMore(tx, user) : undefined
    if (more !== undefined) return more
    // What was refused is not tried again by itself: its time is over.
    const at = change.now === true ? this.#now() : (change.at ?? (state === 'refused' ? due_ms : undefined))
    return at === undefined || change.now === true ? undefined : this.#refuseTime(at)
  }
}

async function find(db: Queryable, user: string, id: number | string): Promise<ScheduledRow | undefined> {
  const params: Param[] = [BigInt(user), BigInt(id)]
  const sql = `SELECT ${columns} FROM scheduled_messages WHERE user_id = ? AND id = ?`
  return (await db.rows<ScheduledRow>(sql, params))[0]
}

const outcome = async (db: Queryable, row: ScheduledRow): Promise<Scheduled | null> =>
  row.state === 'sent' || row.state === 'deleted' ? null : shownOne(db, row)

/** As their author sees them, with what is known of their files. */
async function shown(db: Queryable, rows: readonly ScheduledRow[]): Promise<Scheduled[]> {
  const all = rows.map((row) => ({ row, said: JSON.parse(row.said) as SentBody }))
  const ids = [...new Set(all.flatMap(({ said }) => said.files ?? []))]
  const files = ids.length === 0 ? [] : await findFiles(db, ids)
  const known = new Map(
    files.flatMap((file) => (file === undefined ? [] : [[String(file.id), refOf(file)] as const])),
  )
  return all.map(({ row, said: { files: own = [], ...said } }) => {
    const code = row.refusal as ErrorCode | null
    const there = own.flatMap((id) => known.get(id) ?? [])
    return {
      id: String(row.id),
      room: String(row.room_id),
      at: Number(row.due_ms),
      state: row.state as Scheduled['state'],
      refusal: code === null ? null : { code, message: errors[code].words },
      ...said,
      ...(there.length === 0 ? {} : { files: there }),
    }
  })
}

export async function shownOne(db: Queryable, row: ScheduledRow): Promise<Scheduled> {
  const [one] = await shown(db, [row])
  if (one === undefined) throw new Error('one row is one message')
  return one
}

/** Drops what was sent or deleted long ago, some at a time. */
export async function dropOld(db: Db, now: number): Promise<void> {
  await db.run('DELETE FROM scheduled_messages WHERE done_ms < ? LIMIT ?', [
    now - keptMs,
    limits.scheduled.dropped,
  ])
}
