// What a person reads: the newest from the tail's memory, the rest from MySQL. The door to pages, changes and counts;
// equal reads under way at once are one, and a MySQL that is away is a refusal.
import { SingleFlight, type FlightWatch } from '../channel/single-flight.ts'
import { isConnectionLost, type Db } from '../db.ts'
import type { Appended } from '../log/entry.ts'
import type { Tail } from '../log/tail.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { ReplyEvent } from '../protocol/events.ts'
import type { ChangesAnswer, Message, PageAnswer, SpokenMessage, ThreadAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { isReply } from '../protocol/timeline.ts'
import { readChanges, type ChangesWish } from './changes-after.ts'
import { mentionsAfter, unreadAfter, type ReadUpTo } from './counts.ts'
import { namedPage, type Inbox, type InboxWish } from './inbox.ts'
import { findCid } from './sql/messages.ts'
import { readMessages, readPage, type PageWish, type RoomParts } from './page.ts'
import { threadPage, type ThreadQuery } from './thread-page.ts'

/** Without a limit it is the usual one. */
type Lenient<T extends { limit: number }> = Omit<T, 'limit'> & { limit?: number }

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
  page(room: string, query: Lenient<PageWish>, signal?: AbortSignal): Promise<PageAnswer | Refusal> {
    const { before, after, around, asOf, view, limit = limits.page.usual } = query
    const key = [room, before, after, around, limit, asOf, view, query.hidesRevisions === true].join(' ')
    const read = () => this.#read(room, (parts) => readPage(parts, { ...query, limit }))
    return this.#pages.read(key, read, { version: this.#headOf(room), signal })
  }

  /**
   * Messages made or changed after a number, at any age of it. While `more`, `head` is how far this answer is complete
   * and the next one goes on from there; else it is the room's head.
   */
  changes(
    room: string,
    { after, limit = limits.page.most }: Lenient<ChangesWish>,
    signal?: AbortSignal,
  ): Promise<ChangesAnswer | Refusal> {
    const key = [room, after, limit].join(' ')
    const read = () => this.#read(room, (parts) => readChanges(parts, { after, limit }))
    return this.#changes.read(key, read, { version: this.#headOf(room), signal })
  }

  /** What a reader of a room sees is made of its entries up to here. */
  #headOf(room: string): number | undefined {
    return this.#tailOf(room)?.head(room)
  }

  /** The message with this number as it is; undefined where there is none, or where it is no message. */
  async find(room: string, seq: number): Promise<SpokenMessage | Refusal | undefined> {
    return this.#read(room, async (parts) => {
      const [message] = await readMessages(parts, [seq])
      return message?.kind === 'message' ? message : undefined
    })
  }

  /** The messages with these numbers as they are, oldest first; those that are none are left out. */
  async messages(room: string, seqs: readonly number[]): Promise<Message[] | Refusal> {
    return this.#read(room, (parts) => readMessages(parts, seqs))
  }

  /** A page of the thread that begins with this message, oldest first. */
  async thread(room: string, root: number, query: ThreadQuery): Promise<ThreadAnswer | Refusal> {
    const message = await this.find(room, root)
    return this.#read(room, (parts) => threadPage(parts, { room, message }, query))
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
    return this.#read(room, async ({ db, tail }) => {
      const change = tail.changesOf(room, seq).find((made) => made.cid === cid && made.user.id === userId)
      return change === undefined ? findCid(db, userId, cid) : { seq: change.seq, at: change.at }
    })
  }

  /** Messages of others after each mark that the room shows, up to limits.unreadMost. */
  unread(userId: string, marks: readonly ReadUpTo[]): Promise<Map<string, number>> {
    return unreadAfter({ db: this.#db, tailOf: this.#tailOf }, userId, marks)
  }

  /** Messages after each mark that name this person. */
  mentions(userId: string, marks: readonly ReadUpTo[]): Promise<Map<string, number>> {
    return mentionsAfter({ db: this.#db, tailOf: this.#tailOf }, userId, marks)
  }

  /** What names somebody in the rooms they are in, newest first. */
  async named(wish: InboxWish): Promise<Inbox | Refusal> {
    const messages = (room: string, seqs: readonly number[]): Promise<Message[] | Refusal> =>
      this.messages(room, seqs)
    return unlessAway(() => namedPage({ db: this.#db, tailOf: this.#tailOf, messages }, wish))
  }

  async #read<T>(room: string, read: (parts: RoomParts) => Promise<T>): Promise<T | Refusal> {
    const tail = this.#tailOf(room)
    if (tail === undefined) return { code: 'not_ready', retryAfterMs: 1_000 }
    return unlessAway(() => read({ db: this.#db, tail, room }))
  }
}

/** Reads what MySQL may have to give; says so when it cannot. */
async function unlessAway<T>(read: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await read()
  } catch (error) {
    if (isConnectionLost(error)) return { code: 'history_unavailable', retryAfterMs: 3_000 }
    throw error
  }
}
