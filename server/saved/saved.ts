// Messages saved for later: separate rows, returned with the messages in their current state. Not part of the log.
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import { pageCursor } from '../page-cursor.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Message } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { SavedAnswer } from '../protocol/saved.ts'

export interface SavedPlace {
  room: string
  seq: number
}

export interface SavedDeps {
  db: Db
  history: Pick<History, 'find' | 'messages'>
  memberships: Pick<Memberships, 'find' | 'readable'>
}

/** Where a page ends: the next one continues below it. */
export interface SavedCursor extends SavedPlace {
  at: number
}

export const cursor = pageCursor<SavedCursor>({ at: Number, room: String, seq: Number })

interface Row {
  room: number | string
  seq: number
  at: number
}

export class Saved {
  readonly #deps: SavedDeps

  constructor(deps: SavedDeps) {
    this.#deps = deps
  }

  /**
   * Saving twice is the same as once; false if it was already saved. Limit: two at once may exceed limits.saved by one.
   */
  async save(userId: string, { room, seq }: SavedPlace): Promise<boolean | Refusal> {
    const { db, history, memberships } = this.#deps
    if ((await memberships.find(userId, room)) === undefined) return { code: 'not_found' }
    const message = await history.find(room, seq)
    if (message === undefined) return { code: 'no_such_message' }
    if ('code' in message) return message
    if (message.deletedAt !== null) return { code: 'message_deleted' }
    // Trap: affectedRows of an upsert cannot tell new from old.
    const [have] = await db.rows<{ n: number; known: number | string | null }>(
      'SELECT COUNT(*) AS n, SUM(room_id = ? AND seq = ?) AS known FROM saved WHERE user_id = ?',
      [BigInt(room), seq, BigInt(userId)],
    )
    if (Number(have?.known ?? 0) > 0) return false
    if (Number(have?.n ?? 0) >= limits.saved) return { code: 'too_many_saved' }
    await db.run(
      'INSERT INTO saved (user_id, room_id, seq, saved_ms) VALUES (?) ON DUPLICATE KEY UPDATE seq = saved.seq',
      [[BigInt(userId), BigInt(room), seq, Date.now()]],
    )
    return true
  }

  /** Also works for messages that the person can no longer read. */
  async forget(userId: string, { room, seq }: SavedPlace): Promise<void> {
    await this.#deps.db.run('DELETE FROM saved WHERE user_id = ? AND room_id = ? AND seq = ?', [
      BigInt(userId),
      BigInt(room),
      seq,
    ])
  }

  /** The numbers of all saved messages, by room. */
  async marks(userId: string): Promise<{ rooms: Record<string, number[]> }> {
    const rows = await this.#deps.db.rows<{ room: number | string; seq: number }>(
      'SELECT room_id AS room, seq FROM saved WHERE user_id = ?',
      [BigInt(userId)],
    )
    const rooms: Record<string, number[]> = {}
    for (const { room, seq } of rows) (rooms[String(room)] ??= []).push(seq)
    return { rooms }
  }

  /** Newest saved first. Keyset paging: the cost does not grow with age. */
  async page(
    userId: string,
    { before, limit }: { before: SavedCursor | undefined; limit: number },
  ): Promise<SavedAnswer | Refusal> {
    const below = before === undefined ? '' : 'AND (saved_ms, room_id, seq) < (?, ?, ?)'
    const rows = await this.#deps.db.rows<Row>(
      `SELECT room_id AS room, seq, saved_ms AS at FROM saved WHERE user_id = ? ${below}
       ORDER BY saved_ms DESC, room_id DESC, seq DESC LIMIT ?`,
      [BigInt(userId), ...(before === undefined ? [] : [before.at, BigInt(before.room), before.seq]), limit],
    )
    const places = rows.map(({ room, seq, at }) => ({ room: String(room), seq, at }))
    const messages = await this.#messages(userId, places)
    if ('code' in messages) return messages
    const saved = places.map(({ room, seq, at }) => ({
      room,
      seq,
      savedAt: at,
      message: messages.found.get(`${room} ${seq}`) ?? null,
    }))
    const last = places.at(-1)
    const isLast = last === undefined || places.length < limit
    return { saved, next: isLast ? null : cursor.write(last) }
  }

  /** One read per room, and only of rooms that this person may read. */
  async #messages(
    userId: string,
    places: readonly SavedPlace[],
  ): Promise<{ found: Map<string, Message> } | Refusal> {
    const { history, memberships } = this.#deps
    const readable = new Set((await memberships.readable(userId)).map(({ id }) => id))
    const found = new Map<string, Message>()
    for (const room of new Set(places.map((place) => place.room))) {
      if (!readable.has(room)) continue
      const seqs = places.filter((place) => place.room === room).map(({ seq }) => seq)
      const messages = await history.messages(room, seqs)
      if ('code' in messages) return messages
      for (const message of messages) found.set(`${room} ${message.seq}`, message)
    }
    return { found }
  }
}
