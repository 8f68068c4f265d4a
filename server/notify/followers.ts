// Who follows threads at the moment of a reply: what MySQL has, and what the replies say that it may not have yet.
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import { placeKey } from '../protocol/place-key.ts'
import type { ReplyEvent } from '../protocol/events.ts'
import { isReply, isSpoken } from '../protocol/timeline.ts'

export interface FollowersDeps {
  db: Db
  history: Pick<History, 'messages' | 'waitingWords'>
}

interface Thread {
  /** Of those who have an opinion in MySQL: true, they follow it; false, they do not want to. */
  decided: ReadonlyMap<string, boolean>
  read: ReadonlyMap<string, number>
  /** Who began it; undefined: a program. */
  beginner: string | undefined
  waiting: readonly ReplyEvent[]
}

/** A reply, by its number. */
export interface ReplyPlace {
  room: string
  thread: number
  seq: number
}

interface Row {
  room_id: number | string
  thread: number
  user_id: number | string
  is_following: number | null
  read_seq: number
}

/** Threads of one statement. */
const atOnce = 200

export class Followers {
  readonly #threads: ReadonlyMap<string, Thread>

  private constructor(threads: ReadonlyMap<string, Thread>) {
    this.#threads = threads
  }

  /** Of the threads of these replies. */
  static async of({ db, history }: FollowersDeps, replies: readonly ReplyPlace[]): Promise<Followers> {
    const places = [...new Map(replies.map((reply) => [keyOf(reply), reply])).values()]
    if (places.length === 0) return new Followers(new Map())
    // Memory first: what is archived between the two reads is then in both.
    const waiting = history.waitingWords([...new Set(places.map(({ room }) => room))]).filter(isReply)
    const rows: Row[] = []
    for (let at = 0; at < places.length; at += atOnce) {
      const some = places.slice(at, at + atOnce)
      const found = await db.rows<Row>(
        `SELECT room_id, thread, user_id, is_following, read_seq FROM followed_threads
         WHERE ${some.map(() => '(room_id = ? AND thread = ?)').join(' OR ')}`,
        some.flatMap(({ room, thread }) => [BigInt(room), thread]),
      )
      rows.push(...found)
    }
    const beginners = await beginnersOf(history, places)
    const threads = places.map((place) => {
      const key = keyOf(place)
      const own = rows.filter((row) => placeKey(String(row.room_id), Number(row.thread)) === key)
      const thread: Thread = {
        decided: new Map(
          own.flatMap(({ user_id, is_following }) =>
            is_following === null ? [] : [[String(user_id), is_following === 1]],
          ),
        ),
        read: new Map(own.map(({ user_id, read_seq }) => [String(user_id), Number(read_seq)])),
        beginner: beginners.get(key),
        waiting: waiting.filter((reply) => keyOf(reply) === key),
      }
      return [key, thread] as const
    })
    return new Followers(new Map(threads))
  }

  /** Who follows the thread of this reply, not counting what it says itself. */
  following(reply: ReplyPlace): Set<string> {
    const thread = this.#threads.get(keyOf(reply))
    if (thread === undefined) return new Set()
    const { decided, beginner, waiting } = thread
    const before = waiting.filter(({ seq }) => seq < reply.seq)
    const taking = before.flatMap(({ user, mentions = [] }) => [
      ...(user.bot === true ? [] : [user.id]),
      ...mentions.flatMap(({ ids }) => ids),
    ])
    const followed = [...decided].flatMap(([user, isFollowing]) => (isFollowing ? [user] : []))
    const all = new Set([...followed, ...taking, ...(beginner === undefined ? [] : [beginner])])
    for (const [user, isFollowing] of decided) if (!isFollowing) all.delete(user)
    return all
  }

  /** How far somebody has read the thread of this reply. */
  readTo(reply: Omit<ReplyPlace, 'seq'>, user: string): number {
    return this.#threads.get(keyOf(reply))?.read.get(user) ?? 0
  }
}

const keyOf = ({ room, thread }: Omit<ReplyPlace, 'seq'>): string => placeKey(room, thread)

async function beginnersOf(
  history: FollowersDeps['history'],
  places: readonly ReplyPlace[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const room of new Set(places.map((place) => place.room))) {
    const threads = places.flatMap((place) => (place.room === room ? [place.thread] : []))
    const roots = await history.messages(room, threads)
    if ('code' in roots) throw new Error(`a thread could not be read: ${roots.code}`)
    for (const root of roots)
      if (isSpoken(root) && root.user.bot !== true) found.set(placeKey(room, root.seq), root.user.id)
  }
  return found
}
