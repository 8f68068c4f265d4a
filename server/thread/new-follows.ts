// Threads that somebody follows by replies that MySQL does not have yet. Without them a browser that asks between a reply and
// the next sync would be told that they do not follow it.
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { ReplyEvent } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import type { KnownMark } from './rows.ts'

export interface NewFollowsDeps {
  db: Db
  history: Pick<History, 'find' | 'waitingReplies'>
  memberships: Pick<Memberships, 'roomsOf'>
}

/** `known`: threads, as "room thread", that need not be looked at. At most limits.threads.known. */
export async function newFollows(
  { db, history, memberships }: NewFollowsDeps,
  userId: string,
  known: ReadonlySet<string>,
): Promise<KnownMark[]> {
  const rooms = (await memberships.roomsOf(userId)).map(({ id }) => id)
  const found = new Map<string, KnownMark>()
  const roots = new Map<string, boolean>()
  for (const reply of history.waitingReplies(rooms)) {
    const place = `${reply.room} ${reply.thread}`
    if (known.has(place) || found.size >= limits.threads.known) continue
    const mark = found.get(place)
    if (mark !== undefined || names(reply, userId)) found.set(place, marked(reply, userId, mark))
    else if (await isTheirs(reply)) found.set(place, marked(reply, userId, { ...reply, read: reply.thread }))
  }
  if (found.size === 0) return []
  const decided = await decidedIn(db, userId, [...found.values()])
  return [...found].flatMap(([place, mark]) => (decided.has(place) ? [] : [mark]))

  /** The thread begins with a message of theirs. */
  async function isTheirs({ room, thread }: ReplyEvent): Promise<boolean> {
    const place = `${room} ${thread}`
    const asked = roots.get(place)
    if (asked !== undefined) return asked
    const root = await history.find(room, thread)
    const is = root !== undefined && 'user' in root && root.user.id === userId
    roots.set(place, is)
    return is
  }
}

const names = ({ user, mentions = [] }: ReplyEvent, userId: string): boolean =>
  user.id === userId || mentions.some(({ ids }) => ids.includes(userId))

/** The mark after one more reply: their own is read; what names them for the first time is not. */
function marked(
  { room, thread, seq, user }: ReplyEvent,
  userId: string,
  before?: Pick<KnownMark, 'read'>,
): KnownMark {
  const read = user.id === userId ? seq : (before?.read ?? seq - 1)
  return { room, thread, read, last: seq }
}

/** Those of the threads that MySQL knows they follow, or do not want to. */
async function decidedIn(db: Db, userId: string, marks: readonly KnownMark[]): Promise<Set<string>> {
  const rows = await db.rows<{ room: number | string; thread: number }>(
    `SELECT room_id AS room, thread FROM followed_threads
     WHERE user_id = ? AND (room_id, thread) IN (?)`,
    [BigInt(userId), marks.map(({ room, thread }) => [BigInt(room), thread])],
  )
  return new Set(rows.map(({ room, thread }) => `${room} ${thread}`))
}
