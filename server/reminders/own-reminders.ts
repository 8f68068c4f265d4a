// The reminders of one person: those of messages, and those of /remind. They are kept, sent and limited by the built-in bot's
// Reminders; here they are read, set on a message, and put away. SQL that reads `reminders`.
import type { Reminders } from '../builtin-bot/reminders.ts'
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import { isRefusal } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Message } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { placeKey } from '../protocol/place-key.ts'
import { personOf, type User } from '../protocol/people.ts'
import type { RemindBody, Reminder } from '../protocol/reminders.ts'

export interface OwnRemindersDeps {
  db: Db
  reminders: Pick<Reminders, 'keep' | 'putAway'>
  history: Pick<History, 'find' | 'messages'>
  memberships: Pick<Memberships, 'find' | 'readable'>
}

interface Row {
  id: number
  room_id: number
  target: number | null
  text: string
  due_at: Date
  state: 'waiting' | 'sending' | 'shown'
}

const { minMs, maxMs } = limits.builtinBot.remind

export class OwnReminders {
  readonly #deps: OwnRemindersDeps

  constructor(deps: OwnRemindersDeps) {
    this.#deps = deps
  }

  async list(userId: string): Promise<Reminder[] | Refusal> {
    const rows = await this.#deps.db.rows<Row>(
      `SELECT id, room_id, target, text, due_at, state FROM reminders
       WHERE user_id = ? AND state IN ('waiting', 'sending', 'shown')
       ORDER BY state <> 'shown', due_at, id LIMIT ?`,
      [BigInt(userId), 2 * limits.builtinBot.remind.max],
    )
    const messages = await this.#messages(userId, rows)
    if (isRefusal(messages)) return messages
    return rows.map(({ id, room_id, target, text, due_at, state }) => ({
      id: String(id),
      room: String(room_id),
      at: due_at.getTime(),
      isDue: state === 'shown',
      seq: target,
      message: target === null ? null : (messages.get(placeKey(String(room_id), target)) ?? null),
      text,
    }))
  }

  /** Sets one on a message that the person may read. */
  async add(user: User, { cid, room, seq, at }: RemindBody): Promise<Refusal | undefined> {
    const { reminders, history, memberships } = this.#deps
    const now = Date.now()
    if (at < now + minMs || at > now + maxMs) return { code: 'bad_reminder' }
    if ((await memberships.find(user.id, room)) === undefined) return { code: 'not_found' }
    const message = await history.find(room, seq)
    if (message === undefined) return { code: 'no_such_message' }
    if (isRefusal(message)) return message
    if (message.deletedAt !== null) return { code: 'message_deleted' }
    const wanted = { user: personOf(user), room, target: seq, askCid: cid, text: '', dueAt: new Date(at) }
    const place = message.thread === undefined ? {} : { thread: message.thread }
    const kept = await reminders.keep({ ...wanted, ...place })
    return kept === undefined ? { code: 'too_many_reminders' } : undefined
  }

  /** Cancels one that waits, and puts away one that is due. */
  putAway(userId: string, id: string): Promise<void> {
    return this.#deps.reminders.putAway(userId, id)
  }

  /** One read per room, and only of rooms that this person may read. */
  async #messages(userId: string, rows: readonly Row[]): Promise<Map<string, Message> | Refusal> {
    const { history, memberships } = this.#deps
    const found = new Map<string, Message>()
    const about = rows.filter(({ target }) => target !== null)
    if (about.length === 0) return found
    const readable = new Set((await memberships.readable(userId)).map(({ id }) => id))
    for (const room of new Set(about.map(({ room_id }) => String(room_id)))) {
      if (!readable.has(room)) continue
      const seqs = about.filter(({ room_id }) => String(room_id) === room).map(({ target }) => target ?? 0)
      const messages = await history.messages(room, seqs)
      if (isRefusal(messages)) return messages
      for (const message of messages) found.set(placeKey(room, message.seq), message)
    }
    return found
  }
}
