// The threads that people follow: which they are, what is new in them, and how far each has been read. Rows of their
// own in MySQL, written by sync as replies come and by hand here; no part of the log.
import type { Db } from '../db.ts'
import { markThreadRead, setFollowing, type ThreadPlace } from '../history/sql/followers.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { FollowedThread, ThreadMark, ThreadsAnswer } from '../protocol/threads.ts'
import type { Replied } from '../room/threads.ts'
import { countUnreadReplies, followedPage, followedPlaces, type ThreadCursor } from './rows.ts'

export interface ThreadsParts {
  db: Db
  history: Pick<History, 'find' | 'messages' | 'freshReplies' | 'memoryFrom'>
  memberships: Pick<Memberships, 'isMember'>
}

/** How somebody stands to a thread, as far as it is known. */
export interface ThreadStanding {
  following?: boolean
  read?: number
  last?: number
}

export class FollowedThreads {
  readonly #parts: ThreadsParts

  constructor(parts: ThreadsParts) {
    this.#parts = parts
  }

  /** All threads that somebody follows, as far as a browser keeps them. */
  async marks(userId: string): Promise<{ threads: ThreadMark[] }> {
    const places = await followedPlaces(this.#parts.db, userId, limits.threads.known)
    return { threads: places.map((mark) => this.#asItIs(userId, mark)) }
  }

  /** With the replies that MySQL has yet to get. Whoever replies has read what they reply to. */
  #asItIs(userId: string, mark: ThreadMark): ThreadMark {
    const fresh = this.#parts.history.freshReplies(mark.room, mark.thread)
    const own = fresh.findLast(({ user }) => user.id === userId)?.seq ?? 0
    return {
      ...mark,
      read: Math.max(mark.read, own),
      last: Math.max(mark.last, fresh.at(-1)?.seq ?? 0),
    }
  }

  /** What somebody follows in the rooms they are in: what has something new first. */
  async page(
    userId: string,
    wish: { before: ThreadCursor | undefined; limit: number },
  ): Promise<ThreadsAnswer | Refusal> {
    const rows = await followedPage(this.#parts.db, userId, wish)
    const marks = rows.map((row) => this.#asItIs(userId, row))
    const messages = await this.#messages(marks)
    if ('code' in messages) return messages
    const unread = await this.#unread(userId, marks)
    const threads = marks.flatMap(({ room, thread, read, last }): FollowedThread[] => {
      const root = messages.found.get(`${room} ${thread}`)
      if (root === undefined) return []
      const newest = messages.found.get(`${room} ${last}`) ?? null
      return [{ room, root, read, unread: unread.get(`${room} ${thread}`) ?? 0, last: newest }]
    })
    const end = rows.at(-1)
    const isLast = end === undefined || rows.length < wish.limit
    return { threads, next: isLast ? null : [end.isFresh, end.at, end.room, end.thread].join('-') }
  }

  async #messages(marks: readonly ThreadMark[]): Promise<{ found: Map<string, SpokenMessage> } | Refusal> {
    const found = new Map<string, SpokenMessage>()
    const spoken = (message: Message): message is SpokenMessage => message.kind === 'message'
    for (const room of new Set(marks.map((mark) => mark.room))) {
      const seqs = marks.flatMap((mark) => (mark.room === room ? [mark.thread, mark.last] : []))
      const messages = await this.#parts.history.messages(room, [...new Set(seqs)])
      if ('code' in messages) return messages
      for (const message of messages.filter(spoken)) found.set(`${room} ${message.seq}`, message)
    }
    return { found }
  }

  /** Replies of others after each mark: in memory where it reaches, in MySQL below. */
  async #unread(userId: string, marks: readonly ThreadMark[]): Promise<Map<string, number>> {
    const { db, history } = this.#parts
    const most = limits.unreadMost
    const behind = marks.filter(({ read, last }) => last > read)
    const spans = behind.map(({ room, thread, read }) => {
      const first = history.memoryFrom(room)
      const fresh = history
        .freshReplies(room, thread)
        .filter(({ seq, user }) => seq > read && user.id !== userId).length
      return { room, thread, after: read, before: first, fresh }
    })
    const kept = await countUnreadReplies(db, userId, spans, most)
    return new Map(
      spans.map(({ room, thread, fresh }) => {
        const key = `${room} ${thread}`
        return [key, Math.min(most, fresh + (kept.get(key) ?? 0))]
      }),
    )
  }

  /** By hand. Who begins to follow has read what is there. Answers how they stand to it then. */
  async follow(userId: string, place: ThreadPlace, on: boolean): Promise<ThreadStanding | Refusal> {
    const { db, history, memberships } = this.#parts
    if (!(await memberships.isMember(userId, place.room))) return { code: 'not_found' }
    const root = await history.find(place.room, place.thread)
    if (root === undefined) return { code: 'no_such_message' }
    if ('code' in root) return root
    if (root.thread !== undefined) return { code: 'bad_thread' }
    const last = root.threaded?.lastSeq ?? root.seq
    await setFollowing(db, userId, { ...place, on, read: last })
    return { following: on, read: last, last }
  }

  /** The marker never goes back, and not above the thread's newest reply. */
  async read(
    userId: string,
    { room, thread, seq }: ThreadPlace & { seq: number },
  ): Promise<ThreadStanding | Refusal> {
    const { db, history, memberships } = this.#parts
    if (!(await memberships.isMember(userId, room))) return { code: 'not_found' }
    const root = await history.find(room, thread)
    if (root === undefined) return { code: 'no_such_message' }
    if ('code' in root) return root
    const read = Math.min(seq, root.threaded?.lastSeq ?? root.seq)
    await markThreadRead(db, userId, { room, thread, seq: read })
    return { read }
  }

  /** Those who follow a thread by this reply, and how they stand to it; who does not want to is left out. */
  async newFollowers({ place, root, user, mentions, seq }: Replied): Promise<Map<string, ThreadStanding>> {
    const found = new Map<string, ThreadStanding>()
    if (root.user.bot !== true) found.set(root.user.id, { following: true, read: root.seq, last: seq })
    for (const { ids } of mentions)
      for (const id of ids) if (!found.has(id)) found.set(id, { following: true, read: seq - 1, last: seq })
    if (user.bot !== true) found.set(user.id, { following: true, read: seq, last: seq })
    if (found.size === 0) return found
    const unwilling = await this.#parts.db.rows<{ user: number | string }>(
      `SELECT user_id AS user FROM followed_threads
       WHERE room_id = ? AND thread = ? AND is_following = 0`,
      [BigInt(place.room), place.thread],
    )
    for (const row of unwilling) found.delete(String(row.user))
    return found
  }
}
