// Reminders in MySQL. Each step is one statement or one transaction, so if a process is killed between two, the next one
// continues.
import type { Db, Queryable } from '../db.ts'
import { newCid } from '../protocol/cid.ts'
import { limits } from '../protocol/limits.ts'
import type { Person, Role } from '../protocol/people.ts'
import { mayAlwaysWrite } from '../protocol/rights.ts'
import { openKinds, type RoomKind } from '../protocol/room-kinds.ts'
import { endShown, showReminder } from './show-reminder.ts'

export interface Wanted {
  user: Person
  room: string
  /** The root of the thread it was asked for in. */
  thread?: number
  /** The message that it is about; missing: `text` is said in the room. */
  target?: number
  /** The cid of the person's command. */
  askCid: string
  text: string
  dueAt: Date
}

/** A reminder whose time has come. */
export interface Due {
  id: string
  user: Person
  room: string
  /** The thread to send it in, unless that takes no more replies. */
  thread: number | null
  /** The message that it is about: it comes to its owner alone. */
  target: number | null
  text: string
  /** The cid of the message that it becomes. */
  cid: string
}

export interface Waiting {
  number: number
  text: string
  /** The name of the room of the message that it is about. */
  room: string | undefined
  dueAt: Date
}

const dueAtOnce = 100
const sweepRows = 500

export class Reminders {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** Stores a reminder; repeating the same cid changes nothing. Undefined: the person has the maximum already. */
  async keep(wanted: Wanted): Promise<{ number: number; dueAt: Date } | undefined> {
    return this.#db.transaction((tx) => insert(tx, wanted))
  }

  /** A person's pending reminders, the next one first. */
  async list(userId: string): Promise<Waiting[]> {
    const rows = await this.#db.rows<{ number: number; text: string; room: string | null; due_at: Date }>(
      `SELECT m.number, m.text, r.name AS room, m.due_at FROM reminders m
       LEFT JOIN rooms r ON r.id = m.room_id AND m.target IS NOT NULL
       WHERE m.user_id = ? AND m.state = 'waiting' ORDER BY m.due_at, m.id LIMIT ?`,
      [BigInt(userId), limits.builtinBot.remind.max],
    )
    return rows.map(({ number, text, room, due_at }) => ({
      number,
      text,
      room: room ?? undefined,
      dueAt: due_at,
    }))
  }

  /** False: there is none with this number, or it is being sent. */
  async cancel(userId: string, number: number): Promise<boolean> {
    const { affectedRows } = await this.#db.run(
      "UPDATE reminders SET state = 'cancelled', number = NULL WHERE user_id = ? AND number = ? AND state = 'waiting'",
      [BigInt(userId), number],
    )
    return affectedRows > 0
  }

  /** Due reminders, oldest first, including those that another process has begun to send. */
  async due(now: Date): Promise<Due[]> {
    const rows = await this.#db.rows<DueRow>(
      'SELECT r.id, r.user_id, u.name AS user_name, r.room_id, r.thread, r.target, r.text, r.cid FROM reminders r ' +
        'JOIN users u ON u.id = r.user_id ' +
        "WHERE r.state IN ('waiting', 'sending') AND r.due_at <= ? ORDER BY r.due_at LIMIT ?",
      [now, dueAtOnce],
    )
    return rows.map((row) => ({
      id: String(row.id),
      user: { id: String(row.user_id), name: row.user_name },
      room: String(row.room_id),
      thread: row.thread,
      target: row.target,
      text: row.text,
      cid: cidText(row.cid),
    }))
  }

  /** From here on it cannot be cancelled. False: it was cancelled, or it has been sent. */
  async begin({ id }: Due): Promise<boolean> {
    const sql = "UPDATE reminders SET state = 'sending' WHERE id = ? AND state = 'waiting'"
    if ((await this.#db.run(sql, [BigInt(id)])).affectedRows > 0) return true
    const [row] = await this.#db.rows<{ state: string }>('SELECT state FROM reminders WHERE id = ?', [
      BigInt(id),
    ])
    return row?.state === 'sending'
  }

  async end({ id }: Due, state: 'sent' | 'dropped'): Promise<void> {
    const sql = "UPDATE reminders SET state = ?, number = NULL WHERE id = ? AND state = 'sending'"
    await this.#db.run(sql, [state, BigInt(id)])
  }

  /** A reminder of a message is due: its owner sees it until it is put away. */
  show(due: Due, now: Date): Promise<boolean> {
    return showReminder(this.#db, due, now.getTime())
  }

  /** Cancels one that waits, or ends one that is shown. */
  async putAway(userId: string, id: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await tx.run(
        `UPDATE reminders SET state = IF(state = 'shown', 'sent', 'cancelled'), number = NULL
         WHERE user_id = ? AND id = ? AND state IN ('waiting', 'shown')`,
        [BigInt(userId), BigInt(id)],
      )
      await endShown(tx, userId, id, Date.now())
    })
  }

  /** Deletes reminders completed long ago, a few at a time. */
  async sweep(now: Date): Promise<void> {
    const before = new Date(now.getTime() - limits.builtinBot.remind.keptMs)
    await this.#db.run(
      "DELETE FROM reminders WHERE state IN ('sent', 'cancelled', 'dropped') AND due_at < ? LIMIT ?",
      [before, sweepRows],
    )
  }

  /**
   * Whether the person could write in the room themselves: they are in it, it is open to them, they are not banned, and in a direct
   * room of two neither blocks the other.
   */
  async isWelcome({ user, room }: Due, now: Date): Promise<boolean> {
    const [row] = await this.#db.rows<StandingRow>(
      `SELECT r.kind, r.archived, r.speak, m.role, u.is_admin,
         EXISTS (SELECT 1 FROM bans b WHERE b.user_id = u.id AND b.ended_at IS NULL AND (b.expires_at IS NULL OR b.expires_at > ?)) AS banned
       FROM memberships m JOIN users u ON u.id = m.user_id JOIN rooms r ON r.id = m.room_id
       WHERE m.user_id = ? AND m.room_id = ? AND NOT (r.kind = 'direct' AND ${isSilenced})`,
      [now, BigInt(user.id), BigInt(room)],
    )
    if (row === undefined || row.banned === 1 || row.archived === 1) return false
    const { kind, role, is_admin } = row
    return row.speak === 'everyone' || mayAlwaysWrite({ kind, role, admin: is_admin === 1 })
  }

  /** Whether the person may still read the message that they are to be reminded of. */
  async mayRead({ user, room }: Due, now: Date): Promise<boolean> {
    const rows = await this.#db.rows(
      `SELECT 1 FROM users u JOIN rooms r ON r.id = ? AND r.deleted_at IS NULL
       LEFT JOIN memberships m ON m.user_id = u.id AND m.room_id = r.id
       WHERE u.id = ? AND u.ended_at IS NULL AND (m.user_id IS NOT NULL OR r.kind IN (?))
         AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.user_id = u.id AND b.ended_at IS NULL AND (b.expires_at IS NULL OR b.expires_at > ?))`,
      [BigInt(room), BigInt(user.id), [...openKinds], now],
    )
    return rows.length > 0
  }

  /** A thread whose root was deleted takes no more replies. If MySQL does not have the root yet, that is not known. */
  async isThreadOver(room: string, thread: number): Promise<boolean> {
    const rows = await this.#db.rows(
      'SELECT 1 FROM messages WHERE room_id = ? AND seq = ? AND deleted_ms IS NOT NULL',
      [BigInt(room), thread],
    )
    return rows.length > 0
  }
}

/** SQL, as directs/writing.ts has it: of `rooms r`, in which one of two may not write to the other, `users u`. */
const isSilenced = `(SELECT COUNT(*) FROM memberships a WHERE a.room_id = r.id) = 2
  AND EXISTS (SELECT 1 FROM memberships o JOIN users w ON w.id = o.user_id
    WHERE o.room_id = r.id AND o.user_id <> u.id
      AND (w.ended_at IS NOT NULL OR (w.writers = 'nobody' AND NOT r.created_by <=> w.id)
        OR EXISTS (SELECT 1 FROM blocks k
          WHERE (k.user_id = w.id AND k.blocked_id = u.id) OR (k.user_id = u.id AND k.blocked_id = w.id))))`

async function insert(
  tx: Queryable,
  { user, room, thread, target, askCid, text, dueAt }: Wanted,
): Promise<{ number: number; dueAt: Date } | undefined> {
  // One reminder of a person at a time, so that each gets its own number. Locked before the first plain read, which sees
  // the previous one.
  await tx.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [BigInt(user.id)])
  const [known] = await tx.rows<{ number: number | null; due_at: Date }>(
    'SELECT number, due_at FROM reminders WHERE user_id = ? AND ask_cid = ?',
    [BigInt(user.id), cidBytes(askCid)],
  )
  if (known !== undefined) return { number: known.number ?? 0, dueAt: known.due_at }
  // Those that are shown have no number any more, and count until they are put away.
  const held = await tx.rows<{ number: number | null }>(
    "SELECT number FROM reminders WHERE user_id = ? AND (number IS NOT NULL OR state = 'shown') ORDER BY number",
    [BigInt(user.id)],
  )
  if (held.length >= limits.builtinBot.remind.max) return undefined
  const number = lowestFree(held.flatMap((row) => row.number ?? []))
  await tx.run(
    'INSERT INTO reminders (user_id, user_name, room_id, thread, target, ask_cid, number, text, due_at, cid, state, created_at) VALUES (?)',
    [
      [
        BigInt(user.id),
        user.name,
        BigInt(room),
        thread ?? null,
        target ?? null,
        cidBytes(askCid),
        number,
        text,
        dueAt,
        // Its time is the due one: Redis remembers a cid by the time in it.
        cidBytes(newCid(dueAt.getTime())),
        'waiting',
        new Date(),
      ],
    ],
  )
  return { number, dueAt }
}

function lowestFree(taken: readonly number[]): number {
  const gap = taken.findIndex((number, index) => number !== index + 1)
  return (gap < 0 ? taken.length : gap) + 1
}

const cidBytes = (cid: string): Buffer => Buffer.from(cid.replaceAll('-', ''), 'hex')

const cidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

interface StandingRow {
  kind: RoomKind
  archived: number
  speak: string
  role: Role
  is_admin: number
  banned: number
}

interface DueRow {
  id: number
  user_id: number
  user_name: string
  room_id: number
  thread: number | null
  target: number | null
  text: string
  cid: Buffer
}
