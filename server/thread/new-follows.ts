// Threads that somebody follows by replies that MySQL does not have yet. Without them a browser that asks between a reply and
// the next sync would be told that they do not follow it.
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { EditedEvent } from '../protocol/entries/edited.ts'
import type { ReplyEvent } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import { placeKey } from '../protocol/place-key.ts'
import { isNamed, isReply } from '../protocol/timeline.ts'
import type { KnownMark } from './rows.ts'

export interface NewFollowsDeps {
  db: Db
  history: Pick<History, 'find' | 'waitingWords'>
  memberships: Pick<Memberships, 'roomsOf'>
}

/** `at`: of the newest reply that is known here. */
export type NewFollow = KnownMark & { at: number }

/** What may make somebody follow a thread, and MySQL may not have yet. To be asked for before MySQL is. */
export async function waitingFor(
  { history, memberships }: Pick<NewFollowsDeps, 'history' | 'memberships'>,
  userId: string,
): Promise<(ReplyEvent | EditedEvent)[]> {
  return history.waitingWords((await memberships.roomsOf(userId)).map(({ id }) => id))
}

/** `known`: threads, as "room thread", that MySQL was asked for. At most limits.threads.known. */
export async function newFollows(
  { db, history }: Pick<NewFollowsDeps, 'db' | 'history'>,
  userId: string,
  { waiting, known }: { waiting: readonly (ReplyEvent | EditedEvent)[]; known: ReadonlySet<string> },
): Promise<NewFollow[]> {
  const found = new Map<string, NewFollow>()
  const roots = new Map<string, boolean>()
  for (const entry of waiting) {
    const said = isReply(entry) ? entry : await edited(entry)
    const place = `${said?.room} ${said?.thread}`
    if (said === undefined || known.has(place) || found.size >= limits.threads.known) continue
    const mark = found.get(place)
    if (mark !== undefined || names(said, userId)) found.set(place, marked(said, userId, mark))
    else if (isReply(entry) && (await isTheirs(said)))
      found.set(place, marked(said, userId, { ...said, read: said.thread, last: 0 }))
  }
  if (found.size === 0) return []
  const decided = await decidedIn(db, userId, [...found.values()])
  return [...found].flatMap(([place, mark]) => (decided.has(place) ? [] : [mark]))

  /** The reply that an edit makes name them, as it is then. */
  async function edited({ room, target, mentions, at }: EditedEvent): Promise<Said | undefined> {
    if (!isNamed(mentions, userId)) return undefined
    const message = await history.find(room, target)
    if (message === undefined || 'code' in message || message.thread === undefined) return undefined
    return { room, thread: message.thread, seq: target, user: message.user, mentions, at }
  }

  /** The thread begins with a message of theirs. */
  async function isTheirs({ room, thread }: Said): Promise<boolean> {
    const place = placeKey(room, thread)
    const asked = roots.get(place)
    if (asked !== undefined) return asked
    const root = await history.find(room, thread)
    const is = root !== undefined && 'user' in root && root.user.id === userId
    roots.set(place, is)
    return is
  }
}

type Said = Pick<ReplyEvent, 'room' | 'thread' | 'seq' | 'user' | 'at'> & {
  mentions?: ReplyEvent['mentions'] | undefined
}

const names = ({ user, mentions }: Said, userId: string): boolean =>
  user.id === userId || isNamed(mentions, userId)

/** The mark after one more reply: their own is read; what names them for the first time is not. */
function marked(
  { room, thread, seq, user, at }: Said,
  userId: string,
  before?: Pick<KnownMark, 'read' | 'last'>,
): NewFollow {
  const read = user.id === userId ? Math.max(seq, before?.read ?? 0) : (before?.read ?? seq - 1)
  return { room, thread, read, last: Math.max(seq, before?.last ?? 0), at }
}

/** Those of the threads that MySQL knows they follow, or do not want to. */
async function decidedIn(db: Db, userId: string, marks: readonly KnownMark[]): Promise<Set<string>> {
  const rows = await db.rows<{ room: number | string; thread: number }>(
    `SELECT room_id AS room, thread FROM followed_threads
     WHERE user_id = ? AND (room_id, thread) IN (?)`,
    [BigInt(userId), marks.map(({ room, thread }) => [BigInt(room), thread])],
  )
  return new Set(rows.map(({ room, thread }) => placeKey(room, thread)))
}
