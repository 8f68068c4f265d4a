// What a person reads: the newest from the tail's memory, the rest from MySQL. Memory is looked at first and MySQL
// second: the other way round, an entry archived and let go between the two would be in neither.
// Invariant: MySQL has every entry below the first one in memory, so the two never overlap and leave no hole.
import { SingleFlight, type FlightWatch } from '../channel/single-flight.ts'
import { isConnectionLost, type Db } from '../db.ts'
import type { Appended, Entry } from '../log/entry.ts'
import type { Tail } from '../log/tail.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { ReplyEvent } from '../protocol/events.ts'
import type { ChangesAnswer, Message, PageAnswer, SpokenMessage, ThreadAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { isChange, isReply, showsInRoom, toMessage } from '../protocol/timeline.ts'
import { asItIs, bySeq } from './as-it-is.ts'
import { asOf as asItWas } from './as-of.ts'
import { namedPage, type Inbox, type InboxWish } from './inbox.ts'
import { countMentions } from './mentions.ts'
import {
  countUnread,
  findCid,
  messagesAt,
  messagesBefore,
  messagesBetween,
  touchedAfter,
  type Unread,
  type View,
} from './messages.ts'
import { threadPage, type ThreadQuery } from './thread-page.ts'

/** At most one of `before` (exclusive), `after` (exclusive) and `around`; none is the newest page. */
export interface PageQuery {
  before?: number
  after?: number
  around?: number
  limit?: number
  /** The room as it was at this number: nothing after it, and no change made after it. */
  asOf?: number
  /** As it was, but for edits, which are not undone. */
  hidesRevisions?: boolean
  /** Only what the room shows. */
  view?: 'room'
}

export interface ChangesWish {
  /** Exclusive. */
  after: number
  limit?: number
}

export class History {
  readonly #db: Db
  readonly #tailOf: (room: string) => Tail | undefined

  readonly #pages: SingleFlight
  readonly #changes: SingleFlight

  /** `tailOf`: the part of the log in memory that has this room; undefined while the log opens for the first time. */
  constructor(db: Db, tailOf: (room: string) => Tail | undefined, watch?: FlightWatch) {
    this.#db = db
    this.#tailOf = tailOf
    this.#pages = new SingleFlight('pages', watch)
    this.#changes = new SingleFlight('changes', watch)
  }

  /** A page of a room, oldest first. Everybody who may look into the room sees the same, so equal ones are shared. */
  page(room: string, query: PageQuery, signal?: AbortSignal): Promise<PageAnswer | Refusal> {
    const { before, after, around, asOf, view, limit = limits.page.usual } = query
    const key = [room, before, after, around, limit, asOf, view, query.hidesRevisions === true].join(' ')
    return this.#pages.read(key, () => this.#page(room, { ...query, limit }), {
      version: this.#headOf(room),
      signal,
    })
  }

  async #page(room: string, query: PageQuery & { limit: number }): Promise<PageAnswer | Refusal> {
    const { before, after, around, limit, view } = query
    return this.#read(room, async (tail) => {
      if (query.asOf !== undefined) return this.#pageAsOf(tail, room, { ...query, asOf: query.asOf })
      const upTo = tail.head(room)
      if (after !== undefined) return { ...(await this.#after(tail, room, after, limit, view)), upTo }
      if (around === undefined)
        return { ...(await this.#before(tail, room, before ?? upTo + 1, limit, view)), upTo }
      const half = Math.ceil(limit / 2)
      const older = await this.#before(tail, room, around + 1, half, view)
      const newer = await this.#after(tail, room, around, limit - half, view)
      const messages = [...older.messages, ...newer.messages]
      return { messages, hasBefore: older.hasBefore, hasAfter: newer.hasAfter, upTo }
    })
  }

  async #pageAsOf(
    tail: Tail,
    room: string,
    {
      before,
      after,
      around,
      limit,
      asOf,
      view,
      hidesRevisions = false,
    }: PageQuery & { limit: number; asOf: number },
  ): Promise<PageAnswer> {
    const upTo = Math.min(asOf, tail.head(room))
    const up = async (place: number, most: number) => {
      const { messages, hasBefore } = await this.#after(tail, room, place, most + 1, view)
      const within = messages.filter(({ seq }) => seq <= upTo)
      return { messages: within.slice(0, most), hasBefore, hasAfter: within.length > most }
    }
    const down = async (place: number, most: number) => {
      const below = Math.min(place, upTo + 1)
      return { ...(await this.#before(tail, room, below, most, view)), hasAfter: below <= upTo }
    }
    const read = async (): Promise<Part> => {
      if (after !== undefined) return up(after, limit)
      if (around === undefined) return down(before ?? upTo + 1, limit)
      const half = Math.ceil(limit / 2)
      const older = await down(around + 1, half)
      const newer = await up(around, limit - half)
      const messages = [...older.messages, ...newer.messages]
      return { messages, hasBefore: older.hasBefore, hasAfter: newer.hasAfter }
    }
    const part = await read()
    const parts = { db: this.#db, tail, hidesRevisions }
    return { ...part, messages: await asItWas(parts, room, upTo, part.messages), upTo }
  }

  /**
   * Messages made or changed after a number, at any age of it. While `more`, `head` is how far this answer is complete
   * and the next one goes on from there; else it is the room's head.
   */
  changes(
    room: string,
    { after, limit = limits.page.most }: ChangesWish,
    signal?: AbortSignal,
  ): Promise<ChangesAnswer | Refusal> {
    const read = (): Promise<ChangesAnswer | Refusal> =>
      this.#read(room, async (tail) => {
        const missed = tail.since(room, after)
        return missed === undefined
          ? this.#changedLongAgo(tail, room, after, limit)
          : this.#changedLately(tail, room, missed, limit)
      })
    const key = [room, after, limit].join(' ')
    return this.#changes.read(key, read, { version: this.#headOf(room), signal })
  }

  /** What a reader of a room sees is made of its entries up to here. */
  #headOf(room: string): number | undefined {
    return this.#tailOf(room)?.head(room)
  }

  /** The message with this number as it is; undefined where there is none, or where it is no message. */
  async find(room: string, seq: number): Promise<SpokenMessage | Refusal | undefined> {
    return this.#read(room, async (tail) => {
      const [message] = await this.#messagesAt(tail, room, [seq])
      return message?.kind === 'message' ? message : undefined
    })
  }

  /** The messages with these numbers as they are, oldest first; those that are none are left out. */
  async messages(room: string, seqs: readonly number[]): Promise<Message[] | Refusal> {
    return this.#read(room, (tail) => this.#messagesAt(tail, room, seqs))
  }

  /** A page of the thread that begins with this message, oldest first. */
  async thread(room: string, root: number, query: ThreadQuery): Promise<ThreadAnswer | Refusal> {
    const message = await this.find(room, root)
    return this.#read(room, (tail) => threadPage({ db: this.#db, tail }, { room, message }, query))
  }

  /** The replies in memory of the thread that begins with this message, oldest first, without deleted ones. */
  freshReplies(room: string, root: number): ReplyEvent[] {
    const tail = this.#tailOf(room)
    const effects = tail?.changesOf(room, root) ?? []
    return effects.filter(isReply).filter(({ seq }) => tail?.isDeleted(room, seq) === false)
  }

  /** Below this number MySQL has a room; what memory has begins here. */
  memoryFrom(room: string): number {
    return this.#tailOf(room)?.first(room) ?? Number.MAX_SAFE_INTEGER
  }

  /** The number of the change of a message that somebody sent under this cid; undefined when there is none. */
  async findChange(
    userId: string,
    { room, seq, cid }: { room: string; seq: number; cid: string },
  ): Promise<Appended | Refusal | undefined> {
    return this.#read(room, async (tail) => {
      const change = tail.changesOf(room, seq).find((made) => made.cid === cid && made.user.id === userId)
      return change === undefined ? findCid(this.#db, userId, cid) : { seq: change.seq, at: change.at }
    })
  }

  /** Messages of others after each mark that the room shows, up to limits.unreadMost. */
  async unread(userId: string, marks: readonly Mark[]): Promise<Map<string, number>> {
    const counts = await this.#countAfter(
      marks,
      (room, after, tail) => {
        let count = 0
        for (const { seq, event } of tail.backwards(room, Infinity)) {
          if (seq <= after || count >= limits.unreadMost) break
          const isShown = event.type === 'message' && (!isReply(event) || event.alsoInRoom === true)
          if (isShown && event.user.id !== userId && !tail.isDeleted(room, seq)) count += 1
        }
        return count
      },
      (older) => countUnread(this.#db, userId, older, limits.unreadMost),
    )
    return new Map([...counts].map(([room, count]) => [room, Math.min(count, limits.unreadMost)]))
  }

  /** Messages after each mark that name this person. */
  async mentions(userId: string, marks: readonly Mark[]): Promise<Map<string, number>> {
    const namesThem = (message: Message): boolean =>
      message.kind === 'message' && message.mentions?.some(({ ids }) => ids.includes(userId)) === true
    return this.#countAfter(
      marks,
      (room, after, tail) => {
        const said = tail.naming(room, after).flatMap(({ event }) => toMessage(event) ?? [])
        return asItIs(tail, room, said).filter(namesThem).length
      },
      (older) => countMentions(this.#db, userId, older),
    )
  }

  /** Counts what came after each mark: in memory where it reaches, in MySQL below. */
  async #countAfter(
    marks: readonly Mark[],
    inMemory: (room: string, after: number, tail: Tail) => number,
    inMysql: (older: Unread[]) => Promise<Map<string, number>>,
  ): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    const older: Unread[] = []
    for (const { room, read } of marks) {
      const tail = this.#tailOf(room)
      const first = tail?.first(room) ?? 1
      counts.set(room, tail === undefined ? 0 : inMemory(room, Math.max(read, first - 1), tail))
      if (read + 1 < first) older.push({ room, after: read, before: first })
    }
    const kept = await inMysql(older).catch((error: unknown) => {
      // MySQL is away: a count that is too low for old messages is better than no list of rooms.
      if (isConnectionLost(error)) return new Map<string, number>()
      throw error
    })
    for (const [room, count] of kept) counts.set(room, count + (counts.get(room) ?? 0))
    return counts
  }

  /** What names somebody in the rooms they are in, newest first. */
  async named(wish: InboxWish): Promise<Inbox | Refusal> {
    const messages = (room: string, seqs: readonly number[]): Promise<Message[] | Refusal> =>
      this.messages(room, seqs)
    try {
      return await namedPage({ db: this.#db, tailOf: this.#tailOf, messages }, wish)
    } catch (error) {
      if (isConnectionLost(error)) return { code: 'history_unavailable', retryAfterMs: 3_000 }
      throw error
    }
  }

  async #before(tail: Tail, room: string, before: number, limit: number, view?: View): Promise<Part> {
    const first = tail.first(room)
    const found: Message[] = []
    for (const { event } of tail.backwards(room, before)) {
      const message = toMessage(event)
      if (message !== undefined && isIn(view, message)) found.push(message)
      if (found.length > limit) break
    }
    // Memory is contiguous: where it has the whole page and one more, MySQL is not asked.
    const lacking = limit + 1 - found.length
    if (lacking > 0 && first > 1)
      found.push(...(await messagesBefore(this.#db, room, Math.min(before, first), lacking, view)))
    return {
      messages: asItIs(tail, room, found.slice(0, limit).reverse()),
      hasBefore: found.length > limit,
      hasAfter: before <= tail.head(room),
    }
  }

  async #after(tail: Tail, room: string, after: number, limit: number, view?: View): Promise<Part> {
    const first = tail.first(room)
    const memory = tail.since(room, Math.max(after, first - 1)) ?? []
    const found =
      after + 1 < first ? await messagesBetween(this.#db, room, after, first, limit + 1, view) : []
    for (const { event } of memory) {
      if (found.length > limit) break
      const message = toMessage(event)
      if (message !== undefined && isIn(view, message)) found.push(message)
    }
    return {
      messages: asItIs(tail, room, found.slice(0, limit)),
      hasBefore: after > 0,
      hasAfter: found.length > limit,
    }
  }

  /** What these entries of memory made or changed, at most `limit` entries of them. */
  async #changedLately(
    tail: Tail,
    room: string,
    missed: readonly Entry[],
    limit: number,
  ): Promise<ChangesAnswer> {
    const head = tail.head(room)
    const reached = missed[limit - 1]?.seq ?? head
    const seqs = new Set(missed.slice(0, limit).flatMap(touched))
    return { messages: await this.#messagesAt(tail, room, [...seqs]), head: reached, more: reached < head }
  }

  /** Made or changed after a number that memory does not reach back to: MySQL's entries first, then memory's. */
  async #changedLongAgo(tail: Tail, room: string, after: number, limit: number): Promise<ChangesAnswer> {
    const first = tail.first(room)
    const memory = tail.since(room, first - 1) ?? []
    const archived = (await touchedAfter(this.#db, room, after, limit)).filter(({ at }) => at < first)
    const fresh = memory.slice(0, limit - archived.length)
    const head = tail.head(room)
    const reached =
      archived.length === limit
        ? (archived.at(-1)?.at ?? head)
        : (memory[limit - archived.length - 1]?.seq ?? head)
    const seqs = [
      ...archived.flatMap(({ message, thread }) => (thread === null ? [message] : [message, thread])),
      ...fresh.flatMap(touched),
    ]
    const messages = await this.#messagesAt(tail, room, [...new Set(seqs)])
    return { messages, head: reached, more: reached < head }
  }

  async #messagesAt(tail: Tail, room: string, seqs: readonly number[]): Promise<Message[]> {
    const first = tail.first(room)
    const memory = seqs.flatMap((seq) => {
      const entry = seq < first ? undefined : tail.at(room, seq)
      return (entry && toMessage(entry.event)) ?? []
    })
    const kept = await messagesAt(
      this.#db,
      room,
      seqs.filter((seq) => seq < first),
    )
    return bySeq(asItIs(tail, room, [...kept, ...memory]))
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

/** The numbers of the messages that an entry made or changed. */
const touched = ({ seq, event }: Entry): number[] =>
  isChange(event) ? [event.target] : isReply(event) ? [seq, event.thread] : [seq]

const isIn = (view: View, message: Message): boolean => view === undefined || showsInRoom(message)

/** How far somebody has read a room. */
interface Mark {
  room: string
  read: number
}

type Part = Omit<PageAnswer, 'upTo'>
