// How many messages came after somebody's read position: in memory as far as that reaches, in MySQL below.
import { isMysqlAway, type Db } from '../db.ts'
import type { Log } from '../log/log.ts'
import type { Tail } from '../log/tail.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { holding, piecesBetween } from '../protocol/entries/erased.ts'
import { limits } from '../protocol/limits.ts'
import { placeKey } from '../protocol/place-key.ts'
import { isNamed, isReply, isSpoken, isSpokenEvent, showsInRoom, toMessage } from '../protocol/timeline.ts'
import { asItIs } from './as-it-is.ts'
import type { ThreadPlace } from './sql/followers.ts'
import { countMentions } from './sql/mentions.ts'
import { countUnread, type Unread } from './sql/messages.ts'
import { repliesNaming, threadsRead } from './sql/named-replies.ts'

export interface CountDeps {
  db: Db
  log: Pick<Log, 'tail'>
  /** Whose messages mention this person no more; absent: nobody's. */
  blocked?: ReadonlySet<string>
}

/** How far somebody has read a room. */
export interface ReadUpTo {
  room: string
  read: number
}

/** Messages of others that the room shows after each read position, up to limits.maxUnread. */
export async function unreadAfter(
  deps: CountDeps,
  userId: string,
  marks: readonly ReadUpTo[],
): Promise<Map<string, number>> {
  const counts = await countAfter(
    deps,
    marks,
    (room, after, tail) => {
      let count = 0
      for (const { seq, event } of tail.backwards(room, Infinity)) {
        if (seq <= after || count >= limits.maxUnread) break
        if (!isSpokenEvent(event) || !showsInRoom(event)) continue
        if (event.user.id !== userId && !tail.isDeleted(room, seq)) count += 1
      }
      return count
    },
    (older) => countUnread(deps.db, userId, older, limits.maxUnread),
  )
  return new Map([...counts].map(([room, count]) => [room, Math.min(count, limits.maxUnread)]))
}

/** Messages that the room shows after each read position, and that mention this person. */
export async function mentionsAfter(
  deps: CountDeps,
  userId: string,
  marks: readonly ReadUpTo[],
): Promise<Map<string, number>> {
  return countAfter(
    deps,
    marks,
    (room, after, tail) => naming(tail, room, after, userId, deps.blocked).filter(showsInRoom).length,
    (older) => countMentions(deps.db, userId, older, deps.blocked),
  )
}

/**
 * Replies in threads of these rooms that mention this person and are not shown in the room, after how far they have read
 * each thread. Rooms without one are left out.
 */
export async function threadMentions(
  deps: CountDeps,
  userId: string,
  rooms: readonly string[],
): Promise<Map<string, number>> {
  const { db, log, blocked } = deps
  // Memory first: what is archived between the two reads is then in both, and counted from memory.
  const first = new Map(rooms.map((room) => [room, log.tail(room)?.first(room) ?? Infinity]))
  const fresh = rooms.flatMap((room) => {
    const tail = log.tail(room)
    const named = tail === undefined ? [] : naming(tail, room, 0, userId, blocked)
    const inThreads = named.filter((message) => !showsInRoom(message))
    return inThreads.flatMap(({ seq, thread }) => (thread === undefined ? [] : [{ room, seq, thread }]))
  })
  const read = await threadsReadBy(deps, userId, fresh)
  const older = await unlessLost(repliesNaming(db, userId, rooms, blocked), [])
  const counts = new Map<string, number>()
  const count = (room: string): void => void counts.set(room, (counts.get(room) ?? 0) + 1)
  for (const one of fresh) if (one.seq > (read.get(placeKey(one.room, one.thread)) ?? 0)) count(one.room)
  for (const { room, seq } of older) {
    if (seq < (first.get(room) ?? Infinity) && log.tail(room)?.isDeleted(room, seq) !== true) count(room)
  }
  return counts
}

/**
 * How far a person has read these threads, by "room thread". Who replies has read what they reply to, and who is named
 * for the first time what came before.
 */
export async function threadsReadBy(
  { db, log }: CountDeps,
  userId: string,
  places: readonly ThreadPlace[],
): Promise<Map<string, number>> {
  const tails = new Set(places.flatMap(({ room }) => log.tail(room) ?? []))
  // Memory first, as above.
  const { begun, own } = partsIn([...tails], userId)
  const read = await unlessLost(threadsRead(db, userId, places), new Map<string, number>())
  for (const key of places.map(({ room, thread }) => placeKey(room, thread)))
    read.set(key, Math.max(read.get(key) ?? begun.get(key) ?? 0, own.get(key) ?? 0))
  return read
}

/** By what MySQL does not have yet: where a person begins in each thread that they take part in, and their last reply. */
function partsIn(tails: readonly Tail[], userId: string): Record<'begun' | 'own', Map<string, number>> {
  const [begun, own] = [new Map<string, number>(), new Map<string, number>()]
  for (const tail of tails)
    for (const { event } of tail.waiting()) {
      const reply = event.type === 'edited' ? tail.at(event.room, event.target)?.event : event
      if (reply === undefined || !isReply(reply)) continue
      const key = placeKey(reply.room, reply.thread)
      const root = tail.at(reply.room, reply.thread)?.event
      if (root !== undefined && isSpokenEvent(root) && root.user.id === userId && !begun.has(key))
        begun.set(key, reply.thread)
      if (event === reply && reply.user.id === userId) {
        own.set(key, reply.seq)
        if (!begun.has(key)) begun.set(key, reply.seq)
      } else if ('mentions' in event && isNamed(event.mentions, userId) && !begun.has(key))
        begun.set(key, reply.seq - 1)
    }
  return { begun, own }
}

/** Messages in memory above `after` that mention this person as they stand. */
function naming(
  tail: Tail,
  room: string,
  after: number,
  userId: string,
  blocked?: ReadonlySet<string>,
): SpokenMessage[] {
  const said = tail.naming(room, after).flatMap<Message>(({ event }) => toMessage(event) ?? [])
  return asItIs(tail, room, said)
    .filter(isSpoken)
    .filter(({ mentions, user }) => isNamed(mentions, userId) && blocked?.has(user.id) !== true)
}

async function countAfter(
  { log }: CountDeps,
  marks: readonly ReadUpTo[],
  inMemory: (room: string, after: number, tail: Tail) => number,
  inMysql: (older: Unread[]) => Promise<Map<string, number>>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const older: Unread[] = []
  for (const { room, read } of marks) {
    const tail = log.tail(room)
    const first = tail?.first(room) ?? 1
    counts.set(room, tail === undefined ? 0 : inMemory(room, Math.max(read, first - 1), tail))
    if (tail !== undefined && read + 1 < first)
      older.push({
        room,
        after: read,
        before: first,
        except: [0, ...tail.deletedBelow(room)],
        hidden: piecesBetween(holding(tail.erasures(room)), { after: read, before: first }),
      })
  }
  const kept = await unlessLost(inMysql(older), new Map<string, number>())
  for (const [room, count] of kept) counts.set(room, count + (counts.get(room) ?? 0))
  return counts
}

/** While MySQL is down, a count that is too low for old messages is better than no list of rooms. */
async function unlessLost<T>(asked: Promise<T>, none: T): Promise<T> {
  return asked.catch((error: unknown) => {
    if (isMysqlAway(error)) return none
    throw error
  })
}
