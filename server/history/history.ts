// What people read: the newest messages from the tail's memory, the rest from MySQL. The entry point to pages,
// changes and counts. Equal reads in progress are shared, and a MySQL that is down becomes a refusal.
import { SingleFlight, type FlightWatch } from '../channel/single-flight.ts'
import { isRefusal } from '../answer.ts'
import { unlessAway, type Db } from '../db.ts'
import type { Appended } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { EditedEvent } from '../protocol/entries/edited.ts'
import type { ReplyEvent } from '../protocol/events.ts'
import type { ChangesAnswer, Message, PageAnswer, SpokenMessage, ThreadAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { messageNow, type NameOf } from '../protocol/present-names.ts'
import { isReply, isSpoken } from '../protocol/timeline.ts'
import { readChanges, type ChangesQuery } from './changes-after.ts'
import { mentionsAfter, threadMentions, unreadAfter, type ReadUpTo } from './counts.ts'
import { namedPage, type Inbox, type InboxQuery, type MessageReader } from './inbox.ts'
import { findChangeOf } from './sql/messages.ts'
import { readMessages, readPage, type PageQuery, type RoomSource } from './page.ts'
import { threadPage, type ThreadQuery } from './thread-page.ts'

/** Without a limit, the default applies. */
type Lenient<T extends { limit: number }> = Omit<T, 'limit'> & { limit?: number }

const nobody: ReadonlySet<string> = new Set()

export class History implements MessageReader {
  readonly #db: Db
  readonly #log: Pick<Log, 'tail'>
  readonly #pages: SingleFlight
  readonly #changes: SingleFlight
  readonly #nameOf: NameOf
  readonly #blockedBy: (userId: string) => ReadonlySet<string>

  /** `nameOf`: what people are called now, in whatever is read. `blockedBy`: whose messages mention somebody no more. */
  constructor(
    db: Db,
    log: Pick<Log, 'tail'>,
    watch?: FlightWatch,
    {
      nameOf = () => undefined,
      blockedBy = () => nobody,
    }: { nameOf?: NameOf; blockedBy?: (userId: string) => ReadonlySet<string> } = {},
  ) {
    this.#db = db
    this.#log = log
    this.#pages = new SingleFlight('pages', watch)
    this.#changes = new SingleFlight('changes', watch)
    this.#nameOf = nameOf
    this.#blockedBy = blockedBy
  }

  /** A page of a room, oldest first. Everybody who may read the room sees the same, so equal reads are shared. */
  page(room: string, query: Lenient<PageQuery>, signal?: AbortSignal): Promise<PageAnswer | Refusal> {
    const { before, after, around, asOf, view, limit = limits.page.default } = query
    const key = [room, before, after, around, limit, asOf, view, query.hidesRevisions === true].join(' ')
    const read = () =>
      this.#read(room, async (source) => this.#named(await readPage(source, { ...query, limit })))
    return this.#pages.read(key, read, { version: this.headOf(room), signal })
  }

  /**
   * Messages created or changed after a number, however old it is. While `more` is true, the answer is complete up to
   * `head`, and the next one continues there; otherwise `head` is the room's head.
   */
  changes(
    room: string,
    { after, limit = limits.page.max }: Lenient<ChangesQuery>,
    signal?: AbortSignal,
  ): Promise<ChangesAnswer | Refusal> {
    const key = [room, after, limit].join(' ')
    const read = () =>
      this.#read(room, async (source) => this.#named(await readChanges(source, { after, limit })))
    return this.#changes.read(key, read, { version: this.headOf(room), signal })
  }

  /** What a reader sees of a room consists of its entries up to here. */
  /** The newest number of the room that this process has read. */
  headOf(room: string): number | undefined {
    return this.#log.tail(room)?.head(room)
  }

  /**
   * The message with this number in its current state; undefined if there is none, or if the entry is not a message. One
   * that is in the log and not read here yet is waited for.
   */
  async find(room: string, seq: number): Promise<SpokenMessage | Refusal | undefined> {
    const refusal = await this.#log.tail(room)?.untilRead(room, seq)
    if (refusal !== undefined) return refusal
    return this.#read(room, async (source) => {
      const [message] = await readMessages(source, [seq])
      return message !== undefined && isSpoken(message) ? messageNow(message, this.#nameOf) : undefined
    })
  }

  /** The messages with these numbers in their current state, oldest first; numbers without a message are left out. */
  async messages(room: string, seqs: readonly number[]): Promise<Message[] | Refusal> {
    return this.#read(room, async (source) => {
      const messages = await readMessages(source, seqs)
      return messages.map((message) => messageNow(message, this.#nameOf))
    })
  }

  /** A page of the thread that begins with this message, oldest first. */
  async thread(room: string, root: number, query: ThreadQuery): Promise<ThreadAnswer | Refusal> {
    const message = await this.find(room, root)
    return this.#read(room, async (source) => {
      const page = await threadPage(source, { room, message }, query)
      return isRefusal(page) ? page : this.#named(page)
    })
  }

  /** The replies in memory of the thread that begins with this message, oldest first, without deleted ones. */
  freshReplies(room: string, root: number): ReplyEvent[] {
    const tail = this.#log.tail(room)
    const effects = tail?.changesOf(room, root) ?? []
    return effects.filter(isReply).filter(({ seq }) => tail?.isDeleted(room, seq) === false)
  }

  /** The replies and edits in these rooms that MySQL may not have yet, oldest first in each shard. */
  waitingWords(rooms: readonly string[]): (ReplyEvent | EditedEvent)[] {
    const wanted = new Set(rooms)
    const tails = new Set(rooms.flatMap((room) => this.#log.tail(room) ?? []))
    return [...tails].flatMap((tail) =>
      [...tail.waiting()].flatMap(({ event }) =>
        (event.type === 'edited' || isReply(event)) && wanted.has(event.room) ? [event] : [],
      ),
    )
  }

  /** MySQL has everything of a room below this number; memory begins here. */
  memoryFrom(room: string): number {
    return this.#log.tail(room)?.first(room) ?? Number.MAX_SAFE_INTEGER
  }

  /** The number of the change that somebody made under this cid; undefined if there is none. */
  async findChange(
    userId: string,
    { room, seq, cid }: { room: string; seq: number; cid: string },
  ): Promise<Appended | Refusal | undefined> {
    return this.#read(room, async ({ db, tail }) => {
      const change = tail.changesOf(room, seq).find((made) => made.cid === cid && made.user.id === userId)
      return change === undefined
        ? findChangeOf(db, userId, { room, seq, cid })
        : { seq: change.seq, at: change.at }
    })
  }

  /** Messages of others that the room shows after each read position, up to limits.maxUnread. */
  unread(userId: string, marks: readonly ReadUpTo[]): Promise<Map<string, number>> {
    return unreadAfter({ db: this.#db, log: this.#log }, userId, marks)
  }

  /** Messages that the room shows after each read position, and that mention this person. */
  mentions(userId: string, marks: readonly ReadUpTo[]): Promise<Map<string, number>> {
    return mentionsAfter(this.#counting(userId), userId, marks)
  }

  /** Unread replies in threads of these rooms that mention this person and are not shown in the room, by room. */
  threadMentions(userId: string, rooms: readonly string[]): Promise<Map<string, number>> {
    return threadMentions(this.#counting(userId), userId, rooms)
  }

  /** Messages that mention somebody in the rooms they are in, newest first. */
  async named(query: InboxQuery): Promise<Inbox | Refusal> {
    return unlessAway(() => namedPage({ ...this.#counting(query.userId), history: this }, query))
  }

  #counting(userId: string) {
    return { db: this.#db, log: this.#log, blocked: this.#blockedBy(userId) }
  }

  #named<Of extends { messages: Message[] }>(answer: Of): Of {
    return { ...answer, messages: answer.messages.map((message) => messageNow(message, this.#nameOf)) }
  }

  async #read<T>(room: string, read: (source: RoomSource) => Promise<T>): Promise<T | Refusal> {
    const tail = this.#log.tail(room)
    if (tail === undefined) return { code: 'not_ready', retryAfterMs: 1_000 }
    return unlessAway(() => read({ db: this.#db, tail, room }))
  }
}
