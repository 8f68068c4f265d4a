// The unread count of a room: messages of others after the read marker that the room shows. Pure. The server counts up
// to a head that it names; what comes above that head is counted here, each number once.
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Position } from '../../server/protocol/position.ts'
import { isSpoken, showsInRoom } from '../../server/protocol/timeline.ts'

export interface Unread {
  readonly head: number
  /** The generation in which `read` was reached: `turn` on the wire. */
  readonly generation: number
  readonly read: number
  /** What the server counted after `read`, up to `countedTo`. */
  readonly counted: number
  readonly countedTo: number
  /** Messages of others above `countedTo` and `read`. */
  readonly fresh: ReadonlySet<number>
}

type Summary = Pick<RoomSummary, 'head' | 'read' | 'turn' | 'unread'>

export const fromSummary = ({ head, read, turn: generation = 0, unread }: Summary): Unread => ({
  head,
  generation,
  read,
  counted: unread,
  countedTo: head,
  fresh: new Set(),
})

export const positionIn = ({ generation, read }: Unread): Position => ({ generation, seq: read })

/** The number on the badge; it stops at limits.maxUnread. */
export const unreadCount = ({ counted, fresh }: Unread): number =>
  Math.min(counted + fresh.size, limits.maxUnread)

/** Entries arrived, in any order and perhaps repeated; `head` is the newest number there is. */
export function heardOf(unread: Unread, messages: readonly Message[], head: number, own: string): Unread {
  const { countedTo, read, fresh } = unread
  const floor = Math.max(countedTo, read)
  const others = messages.filter(
    (message): message is SpokenMessage =>
      isSpoken(message) && showsInRoom(message) && message.seq > floor && message.user.id !== own,
  )
  if (others.length === 0 && head <= unread.head) return unread
  const next = new Set(fresh)
  for (const { seq, deletedAt } of others)
    if (deletedAt !== null) next.delete(seq)
    else if (next.size < limits.maxUnread) next.add(seq)
  return { ...unread, head: Math.max(unread.head, head), fresh: next }
}

/** Message `seq` is deleted. */
export function deletedIn(unread: Unread, seq: number): Unread {
  if (!unread.fresh.has(seq)) return unread
  return { ...unread, fresh: new Set([...unread.fresh].filter((number) => number !== seq)) }
}

/** Only the server knows whether it has counted message `seq`. */
export const mayHaveCounted = ({ read, counted, countedTo }: Unread, seq: number): boolean =>
  counted > 0 && seq > read && seq <= countedTo

/**
 * This person has read up to `seq`; `left` were counted after it by a server that had read up to `head`. Below
 * `countedTo` only the server knows how many are left: until it reports that, the old count stays.
 */
export function readUpTo(unread: Unread, seq: number, left?: number, head = unread.head): Unread {
  if (seq < unread.read || (seq === unread.read && left === undefined)) return unread
  const isCounted = left !== undefined && head >= unread.countedTo
  const fresh = new Set(
    [...unread.fresh].filter((number) => number > (isCounted ? Math.max(seq, head) : seq)),
  )
  if (isCounted) return { ...unread, read: seq, counted: seq >= head ? 0 : left, countedTo: head, fresh }
  return { ...unread, read: seq, counted: seq >= unread.countedTo ? 0 : unread.counted, fresh }
}

/**
 * A later generation has begun, anywhere below: `left` were counted after it up to `head`; this tab may know of more.
 */
export function beginGeneration(
  unread: Unread,
  { generation, seq }: Position,
  left: number,
  head: number,
): Unread {
  const fresh = new Set([...unread.fresh].filter((number) => number > head))
  return { head: Math.max(unread.head, head), generation, read: seq, counted: left, countedTo: head, fresh }
}

/** The server reports how far this person has read, on any device. */
export function applyRead(unread: Unread, position: Position, left: number, head = unread.head): Unread {
  if (position.generation < unread.generation) return unread
  return position.generation > unread.generation
    ? beginGeneration(unread, position, left, head)
    : readUpTo(unread, position.seq, left, head)
}

/** A summary has arrived, perhaps from a server that is behind, or sent before it knew what was read here. */
export function merged(known: Unread, summary: Summary): Unread {
  const { turn: generation = 0, read, head } = summary
  if (generation !== known.generation)
    return applyRead(known, { generation, seq: read }, summary.unread, head)
  if (head < known.head) return readUpTo(known, read, summary.unread, head)
  if (read >= known.read) return fromSummary(summary)
  return head === known.head ? known : readUpTo(fromSummary(summary), known.read)
}
