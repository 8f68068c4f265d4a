// How many messages came after what somebody has read: in memory where it reaches, in MySQL below.
import { isConnectionLost, type Db } from '../db.ts'
import type { Tail } from '../log/tail.ts'
import type { Message } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { isReply, toMessage } from '../protocol/timeline.ts'
import { asItIs } from './as-it-is.ts'
import { countMentions } from './sql/mentions.ts'
import { countUnread, type Unread } from './sql/messages.ts'

export interface CountParts {
  db: Db
  tailOf: (room: string) => Tail | undefined
}

/** How far somebody has read a room. */
export interface ReadUpTo {
  room: string
  read: number
}

/** Messages of others after each mark that the room shows, up to limits.unreadMost. */
export async function unreadAfter(
  parts: CountParts,
  userId: string,
  marks: readonly ReadUpTo[],
): Promise<Map<string, number>> {
  const counts = await countAfter(
    parts,
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
    (older) => countUnread(parts.db, userId, older, limits.unreadMost),
  )
  return new Map([...counts].map(([room, count]) => [room, Math.min(count, limits.unreadMost)]))
}

/** Messages after each mark that name this person. */
export async function mentionsAfter(
  parts: CountParts,
  userId: string,
  marks: readonly ReadUpTo[],
): Promise<Map<string, number>> {
  const namesThem = (message: Message): boolean =>
    message.kind === 'message' && message.mentions?.some(({ ids }) => ids.includes(userId)) === true
  return countAfter(
    parts,
    marks,
    (room, after, tail) => {
      const said = tail.naming(room, after).flatMap(({ event }) => toMessage(event) ?? [])
      return asItIs(tail, room, said).filter(namesThem).length
    },
    (older) => countMentions(parts.db, userId, older),
  )
}

async function countAfter(
  { tailOf }: CountParts,
  marks: readonly ReadUpTo[],
  inMemory: (room: string, after: number, tail: Tail) => number,
  inMysql: (older: Unread[]) => Promise<Map<string, number>>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const older: Unread[] = []
  for (const { room, read } of marks) {
    const tail = tailOf(room)
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
