// What a person reads: the newest from the tail's memory, the rest from MySQL. Memory is looked at first and MySQL
// second: the other way round, an entry archived and let go between the two would be in neither.
// Invariant: MySQL has every entry below the first one in memory, so the two never overlap and leave no hole.
import { isConnectionLost, type Db } from '../db.ts'
import type { Tail } from '../log/tail.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { ChangesAnswer, Message, PageAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { toMessage } from '../protocol/timeline.ts'
import { countUnread, messagesBefore, messagesBetween, messagesChanged, type Unread } from './messages.ts'

/** At most one of `before` (exclusive), `after` (exclusive) and `around`; none is the newest page. */
export interface PageQuery {
  before?: number
  after?: number
  around?: number
  limit?: number
}

export class History {
  readonly #db: Db
  readonly #tailOf: (room: string) => Tail | undefined

  /** `tailOf`: the part of the log in memory that has this room; undefined while the log opens for the first time. */
  constructor(db: Db, tailOf: (room: string) => Tail | undefined) {
    this.#db = db
    this.#tailOf = tailOf
  }

  /** A page of a room, oldest first. */
  async page(room: string, query: PageQuery): Promise<PageAnswer | Refusal> {
    const { before, after, around, limit = limits.page.usual } = query
    return this.#read(room, async (tail) => {
      if (after !== undefined) return this.#after(tail, room, after, limit)
      if (around === undefined) return this.#before(tail, room, before ?? tail.head(room) + 1, limit)
      const half = Math.ceil(limit / 2)
      const older = await this.#before(tail, room, around + 1, half)
      const newer = await this.#after(tail, room, around, limit - half)
      const messages = [...older.messages, ...newer.messages]
      return { messages, hasBefore: older.hasBefore, hasAfter: newer.hasAfter }
    })
  }

  /**
   * Messages made or changed after a number, at any age of it. While `more`, `head` is how far this answer is complete
   * and the next one goes on from there; else it is the room's head.
   */
  async changes(
    room: string,
    after: number,
    limit: number = limits.page.most,
  ): Promise<ChangesAnswer | Refusal> {
    return this.#read(room, async (tail) => {
      const head = tail.head(room)
      const missed = tail.since(room, after)
      const found =
        missed === undefined
          ? (await this.#changed(tail, room, after, limit + 1)).filter(({ updatedSeq }) => updatedSeq <= head)
          : missed.slice(0, limit).flatMap(({ event }) => toMessage(event) ?? [])
      const more = (missed ?? found).length > limit
      const messages = found.slice(0, limit)
      const reached = missed === undefined ? messages.at(-1)?.updatedSeq : missed[limit - 1]?.seq
      return { messages: messages.sort((a, b) => a.seq - b.seq), head: more ? (reached ?? head) : head, more }
    })
  }

  /** Messages of others after each mark, up to limits.unreadMost: memory counts where it reaches, MySQL below. */
  async unread(
    userId: string,
    marks: readonly { room: string; read: number }[],
  ): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    const older: Unread[] = []
    for (const { room, read } of marks) {
      const tail = this.#tailOf(room)
      const first = tail?.first(room) ?? 1
      const fresh = tail?.since(room, Math.max(read, first - 1)) ?? []
      counts.set(
        room,
        fresh.filter(({ event }) => event.type === 'message' && event.user.id !== userId).length,
      )
      if (read + 1 < first) older.push({ room, after: read, before: first })
    }
    const kept = await countUnread(this.#db, userId, older, limits.unreadMost).catch((error: unknown) => {
      // MySQL is away: a count that is too low for old messages is better than no list of rooms.
      if (isConnectionLost(error)) return new Map<string, number>()
      throw error
    })
    for (const [room, count] of kept) counts.set(room, count + (counts.get(room) ?? 0))
    return new Map([...counts].map(([room, count]) => [room, Math.min(count, limits.unreadMost)]))
  }

  async #before(tail: Tail, room: string, before: number, limit: number): Promise<PageAnswer> {
    const first = tail.first(room)
    const found: Message[] = []
    for (const { event } of tail.backwards(room, before)) {
      const message = toMessage(event)
      if (message !== undefined) found.push(message)
      if (found.length > limit) break
    }
    // Memory is contiguous: where it has the whole page and one more, MySQL is not asked.
    const lacking = limit + 1 - found.length
    if (lacking > 0 && first > 1)
      found.push(...(await messagesBefore(this.#db, room, Math.min(before, first), lacking)))
    return {
      messages: found.slice(0, limit).reverse(),
      hasBefore: found.length > limit,
      hasAfter: before <= tail.head(room),
    }
  }

  async #after(tail: Tail, room: string, after: number, limit: number): Promise<PageAnswer> {
    const first = tail.first(room)
    const memory = tail.since(room, Math.max(after, first - 1)) ?? []
    const found = after + 1 < first ? await messagesBetween(this.#db, room, after, first, limit + 1) : []
    for (const { event } of memory) {
      if (found.length > limit) break
      const message = toMessage(event)
      if (message !== undefined) found.push(message)
    }
    return { messages: found.slice(0, limit), hasBefore: after > 0, hasAfter: found.length > limit }
  }

  /** Rows changed after a number, and memory's part above them. */
  async #changed(tail: Tail, room: string, after: number, limit: number): Promise<Message[]> {
    const first = tail.first(room)
    const memory = tail.since(room, first - 1) ?? []
    const kept = (await messagesChanged(this.#db, room, after, limit)).filter(
      ({ updatedSeq }) => updatedSeq < first,
    )
    const lacking = limit - kept.length
    return [...kept, ...memory.slice(0, lacking).flatMap(({ event }) => toMessage(event) ?? [])]
  }

  /** Reads what MySQL may have to give; says so when it cannot. */
  async #read<T>(room: string, read: (tail: Tail) => Promise<T>): Promise<T | Refusal> {
    const tail = this.#tailOf(room)
    if (tail === undefined) return { code: 'not_ready', retryAfterMs: 1_000 }
    try {
      return await read(tail)
    } catch (error) {
      if (isConnectionLost(error)) return { code: 'history_unavailable', retryAfterMs: 3_000 }
      throw error
    }
  }
}
