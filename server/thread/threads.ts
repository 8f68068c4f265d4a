// The threads that people follow: which ones, their unread replies, and how far each has been read. Separate rows in
// MySQL, written by sync as replies arrive and by the person's own actions here; not part of the log.
import type { Bus } from '../bus.ts'
import type { Db } from '../db.ts'
import { markThreadRead, setFollowing, type ThreadPlace } from '../history/sql/followers.ts'
import type { History } from '../history/history.ts'
import { pageCursor } from '../page-cursor.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { placeKey } from '../protocol/place-key.ts'
import { isReply, isSpoken } from '../protocol/timeline.ts'
import type { FollowedThread, ThreadMark, ThreadsAnswer } from '../protocol/threads.ts'
import type { Replied, ReplyListener } from '../posting/threads.ts'
import { newFollows, waitingFor } from './new-follows.ts'
import {
  countUnreadReplies,
  followedPage,
  followedPlaces,
  inOrder,
  type KnownMark,
  type ThreadCursor,
} from './rows.ts'

export const cursor = pageCursor<ThreadCursor>({ isFresh: Number, at: Number, room: String, thread: Number })

export interface FollowedThreadsDeps {
  db: Db
  history: Pick<History, 'find' | 'messages' | 'freshReplies' | 'headOf' | 'memoryFrom' | 'waitingWords'>
  memberships: Pick<Memberships, 'roomsOf'>
  bus: Pick<Bus, 'publish'>
  onError: (error: unknown, where: string) => void
}

/** A person's state in a thread, as far as it is known. */
export interface ThreadStanding {
  following?: boolean
  read?: number
  last?: number
}

const keyOf = ({ room, thread }: ThreadPlace): string => placeKey(room, thread)

export class FollowedThreads implements ReplyListener {
  readonly #deps: FollowedThreadsDeps

  constructor(deps: FollowedThreadsDeps) {
    this.#deps = deps
  }

  /** All threads that somebody follows, as far as a browser keeps them. */
  async marks(userId: string): Promise<{ threads: ThreadMark[] }> {
    // Memory first: what is archived between the two reads is then in both.
    const waiting = await waitingFor(this.#deps, userId)
    const kept = await followedPlaces(this.#deps.db, userId, limits.threads.known)
    const fresh = await newFollows(this.#deps, userId, { waiting, known: new Set(kept.map(keyOf)) })
    const all = [...fresh, ...kept.map((mark) => this.#asItIs(userId, mark))].slice(0, limits.threads.known)
    // In the same step as what is in memory is counted.
    const heads = new Map(all.map(({ room }) => [room, this.#deps.history.headOf(room) ?? 0]))
    const unread = await this.#unread(userId, all)
    const threads = all.map(({ room, thread, read, last }) => ({
      ...{ room, thread, read, last },
      unread: unread.get(keyOf({ room, thread })) ?? 0,
      upTo: heads.get(room) ?? 0,
    }))
    return { threads }
  }

  /** Includes replies that MySQL does not have yet. A person who replies has read up to their own reply. */
  #asItIs(userId: string, mark: KnownMark): KnownMark {
    const fresh = this.#deps.history.freshReplies(mark.room, mark.thread)
    const own = fresh.findLast(({ user }) => user.id === userId)?.seq ?? 0
    return {
      ...mark,
      read: Math.max(mark.read, own),
      last: Math.max(mark.last, fresh.at(-1)?.seq ?? 0),
    }
  }

  /** The threads that somebody follows in their rooms: unread ones first. */
  async page(
    userId: string,
    query: { before: ThreadCursor | undefined; limit: number },
  ): Promise<ThreadsAnswer | Refusal> {
    const { before, limit } = query
    const waiting = await waitingFor(this.#deps, userId)
    const rows = await followedPage(this.#deps.db, userId, query)
    const fresh = await newFollows(this.#deps, userId, { waiting, known: new Set(rows.map(keyOf)) })
    // Where MySQL will have them, so that a page has no more than its limit.
    const placed = fresh.map((mark) => ({ ...mark, isFresh: mark.last > mark.read ? 1 : 0 }))
    const found = [...placed, ...rows]
      .filter((place) => before === undefined || inOrder(before, place) < 0)
      .sort(inOrder)
    const shown = found.slice(0, limit)
    const marks = shown.map((mark) => this.#asItIs(userId, mark))
    const messages = await this.#messages(marks)
    if ('code' in messages) return messages
    const unread = await this.#unread(userId, marks)
    const threads = marks.flatMap(({ room, thread, read, last }): FollowedThread[] => {
      const root = messages.found.get(keyOf({ room, thread }))
      if (root === undefined) return []
      const newest = messages.found.get(placeKey(room, last)) ?? null
      return [{ room, root, read, unread: unread.get(keyOf({ room, thread })) ?? 0, last: newest }]
    })
    const end = shown.at(-1)
    const isLast = end === undefined || (found.length <= limit && rows.length < limit)
    return { threads, next: isLast ? null : cursor.write(end) }
  }

  async #messages(marks: readonly KnownMark[]): Promise<{ found: Map<string, SpokenMessage> } | Refusal> {
    const found = new Map<string, SpokenMessage>()
    for (const room of new Set(marks.map((mark) => mark.room))) {
      const seqs = marks.flatMap((mark) => (mark.room === room ? [mark.thread, mark.last] : []))
      const messages = await this.#deps.history.messages(room, [...new Set(seqs)])
      if ('code' in messages) return messages
      for (const message of messages.filter(isSpoken)) found.set(placeKey(room, message.seq), message)
    }
    return { found }
  }

  /** Replies of others after each read position: in memory as far as that reaches, in MySQL below. */
  async #unread(userId: string, marks: readonly KnownMark[]): Promise<Map<string, number>> {
    const { db, history } = this.#deps
    const max = limits.maxUnread
    const behind = marks.filter(({ read, last }) => last > read)
    const spans = behind.map(({ room, thread, read }) => {
      const first = history.memoryFrom(room)
      const fresh = history
        .freshReplies(room, thread)
        .filter(({ seq, user }) => seq > read && user.id !== userId).length
      return { room, thread, after: read, before: first, fresh }
    })
    const kept = await countUnreadReplies(db, userId, spans, max)
    return new Map(
      spans.map((span) => {
        const key = keyOf(span)
        return [key, Math.min(max, span.fresh + (kept.get(key) ?? 0))]
      }),
    )
  }

  /** Follows or unfollows by hand. Following marks everything there as read. Returns the new state. */
  async follow(userId: string, place: ThreadPlace, on: boolean): Promise<ThreadStanding | Refusal> {
    const { db, history } = this.#deps
    const root = await history.find(place.room, place.thread)
    if (root === undefined) return { code: 'no_such_message' }
    if ('code' in root) return root
    if (root.thread !== undefined) return { code: 'bad_thread' }
    const last = root.threaded?.lastSeq ?? root.seq
    await setFollowing(db, userId, { ...place, on, read: last })
    return { following: on, read: last, last }
  }

  /** The marker never goes back, and never above the thread's newest reply. */
  async read(
    userId: string,
    { room, thread, seq }: ThreadPlace & { seq: number },
  ): Promise<ThreadStanding | Refusal> {
    const { db, history } = this.#deps
    const root = await history.find(room, thread)
    if (root === undefined) return { code: 'no_such_message' }
    if ('code' in root) return root
    const read = Math.min(seq, root.threaded?.lastSeq ?? root.seq)
    await markThreadRead(db, userId, { room, thread, seq: read })
    return { read }
  }

  /** A reply is in the log: people who now follow its thread because of it are told their state. */
  replied(reply: Replied): void {
    this.newFollowers(reply)
      .then((found) => {
        for (const [user, standing] of found) this.tell(user, { ...reply.place, ...standing })
      })
      .catch((error: unknown) => this.#deps.onError(error, 'sending a followed thread'))
  }

  /** Sends a person's state in a thread to all their devices. */
  tell(user: string, standing: ThreadPlace & ThreadStanding): void {
    this.#deps.bus.publish({ kind: 'event', user, event: { type: 'thread', ...standing } })
  }

  /**
   * People who follow a thread because of this reply, with their state; those who have unfollowed it are left out.
   * Who is named for the first time has read what came before; of the others, only what they say themselves is known.
   */
  async newFollowers({ place, root, user, mentions, seq }: Replied): Promise<Map<string, ThreadStanding>> {
    const found = new Map<string, ThreadStanding>()
    if (root.user.bot !== true) found.set(root.user.id, { following: true, last: seq })
    const before = this.#earlier(place, seq)
    for (const id of mentions.flatMap(({ ids }) => ids))
      if (!found.has(id))
        found.set(id, { following: true, last: seq, ...(before.has(id) ? {} : { read: seq - 1 }) })
    if (user.bot !== true) found.set(user.id, { following: true, read: seq, last: seq })
    if (found.size === 0) return found
    const known = await this.#deps.db.rows<{ user: number | string; is_following: number }>(
      `SELECT user_id AS user, is_following FROM followed_threads
       WHERE room_id = ? AND thread = ? AND user_id IN (?)`,
      [BigInt(place.room), place.thread, [...found.keys()].map(BigInt)],
    )
    for (const { user: row, is_following } of known) {
      const id = String(row)
      if (is_following === 0) found.delete(id)
      else if (id !== user.id) found.set(id, { following: true, last: seq })
    }
    return found
  }

  /** Whoever takes part in a thread by replies below `seq` that MySQL does not have yet. */
  #earlier({ room, thread }: ThreadPlace, seq: number): Set<string> {
    const replies = this.#deps.history
      .waitingWords([room])
      .filter(isReply)
      .filter((reply) => reply.thread === thread && reply.seq < seq)
    return new Set(
      replies.flatMap(({ user, mentions = [] }) => [user.id, ...mentions.flatMap(({ ids }) => ids)]),
    )
  }
}
