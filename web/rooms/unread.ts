// How much of a room is unread: messages of others after the read marker that the room shows. Pure.
// The server counts up to a head it names; what comes above that head is counted here, each number once.
import type { Message } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Position } from '../../server/protocol/position.ts'
import { showsInRoom } from '../../server/protocol/timeline.ts'

export interface Unread {
  readonly head: number
  /** The turn in which `read` was reached. */
  readonly turn: number
  readonly read: number
  /** What the server counted after `read`, up to `countedTo`. */
  readonly counted: number
  readonly countedTo: number
  /** Messages of others above `countedTo` and `read`. */
  readonly fresh: ReadonlySet<number>
}

type Summary = Pick<RoomSummary, 'head' | 'read' | 'turn' | 'unread'>

export const fromSummary = ({ head, read, turn = 0, unread }: Summary): Unread => ({
  ...{ head, turn, read },
  counted: unread,
  countedTo: head,
  fresh: new Set(),
})

export const positionIn = ({ turn, read }: Unread): Position => ({ turn, seq: read })

/** What a badge shows; it stops at limits.unreadMost. */
export const unreadCount = ({ counted, fresh }: Unread): number =>
  Math.min(counted + fresh.size, limits.unreadMost)

/** Entries are known of, in any order and perhaps again; `head` is the newest number there is. */
export function heardOf(unread: Unread, messages: readonly Message[], head: number, own: string): Unread {
  const { countedTo, read, fresh } = unread
  const floor = Math.max(countedTo, read)
  const others = messages.filter(
    (message) =>
      message.kind === 'message' &&
      showsInRoom(message) &&
      message.seq > floor &&
      message.user.id !== own &&
      !fresh.has(message.seq),
  )
  if (others.length === 0 && head <= unread.head) return unread
  const added = fresh.size >= limits.unreadMost ? [] : others.map(({ seq }) => seq)
  return { ...unread, head: Math.max(unread.head, head), fresh: new Set([...fresh, ...added]) }
}

/**
 * This person has read up to `seq`. Below `countedTo` only the server knows how many are left; it says so (`left`),
 * and until then the old count stands.
 */
export function readUpTo(unread: Unread, seq: number, left?: number): Unread {
  if (seq < unread.read || (seq === unread.read && left === undefined)) return unread
  const fresh = new Set([...unread.fresh].filter((number) => number > seq))
  if (seq >= unread.countedTo) return { ...unread, read: seq, counted: 0, fresh }
  // Its count reaches beyond countedTo as far as the server has come: what is fresh here is part of it.
  const counted = left === undefined ? unread.counted : Math.max(0, left - fresh.size)
  return { ...unread, read: seq, counted, fresh }
}

/** A later turn has begun, anywhere below: `left` were counted after it up to `head`, of which more may be known here. */
export function turnTo(unread: Unread, { turn, seq }: Position, left: number, head: number): Unread {
  const fresh = new Set([...unread.fresh].filter((number) => number > head))
  return { head: Math.max(unread.head, head), turn, read: seq, counted: left, countedTo: head, fresh }
}

/** The server has told how far this person has read, on whichever device. */
export function toldRead(unread: Unread, told: Position, left: number, head = unread.head): Unread {
  if (told.turn < unread.turn) return unread
  return told.turn > unread.turn ? turnTo(unread, told, left, head) : readUpTo(unread, told.seq, left)
}

/** A summary has come, perhaps from a server that is behind, or before it has heard what was read here. */
export function merged(known: Unread, summary: Summary): Unread {
  const { turn = 0, read, head } = summary
  if (turn !== known.turn) return toldRead(known, { turn, seq: read }, summary.unread, head)
  if (head < known.head) return readUpTo(known, read, summary.unread)
  if (read >= known.read) return fromSummary(summary)
  return head === known.head ? known : readUpTo(fromSummary(summary), known.read)
}
