// How many unread messages of a room name this person. Pure. Beside unread.ts, by the same rule: the server counts up to a
// head it names, what comes above that is counted here, each number once.
import type { Message } from '../../server/protocol/http.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Position } from '../../server/protocol/position.ts'

export interface NamedCount {
  readonly turn: number
  readonly read: number
  readonly counted: number
  readonly countedTo: number
  readonly fresh: ReadonlySet<number>
}

type Summary = Pick<RoomSummary, 'head' | 'read' | 'turn' | 'mentions'>

export const namedIn = ({ head, read, turn = 0, mentions = 0 }: Summary): NamedCount => ({
  ...{ turn, read, counted: mentions, countedTo: head, fresh: new Set<number>() },
})

export const namedCount = ({ counted, fresh }: NamedCount): number => counted + fresh.size

/** This message is somebody else's, and names this person. */
export const names = (message: Message, own: string): boolean =>
  message.kind === 'message' &&
  message.user.id !== own &&
  message.mentions?.some(({ ids }) => ids.includes(own)) === true

/** Messages are known of as they stand, in any order and perhaps again: an edit may add a name, or take it away. */
export function heardNamed(count: NamedCount, messages: readonly Message[], own: string): NamedCount {
  const fresh = new Set(count.fresh)
  for (const message of messages) {
    if (message.kind !== 'message' || message.seq <= Math.max(count.countedTo, count.read)) continue
    if (names(message, own)) fresh.add(message.seq)
    else fresh.delete(message.seq)
  }
  return { ...count, fresh }
}

/** Read up to `seq`. Below what the server counted only it knows what is left, and says so. */
export function readNamed(count: NamedCount, seq: number, left?: number): NamedCount {
  if (seq < count.read || (seq === count.read && left === undefined)) return count
  const fresh = new Set([...count.fresh].filter((number) => number > seq))
  if (seq >= count.countedTo) return { ...count, read: seq, counted: 0, fresh }
  return {
    ...count,
    read: seq,
    counted: left === undefined ? count.counted : Math.max(0, left - fresh.size),
    fresh,
  }
}

/** A later turn has begun: `left` of those up to `head` name this person. */
export function turnNamed(
  count: NamedCount,
  { turn, seq }: Position,
  left: number,
  head: number,
): NamedCount {
  const fresh = new Set([...count.fresh].filter((number) => number > head))
  return { turn, read: seq, counted: left, countedTo: head, fresh }
}

/** The server has told how far this person has read. An older server says nothing of those who name them. */
export function toldNamed(
  count: NamedCount,
  told: Position,
  left?: number,
  head = count.countedTo,
): NamedCount {
  if (told.turn < count.turn) return count
  return told.turn > count.turn ? turnNamed(count, told, left ?? 0, head) : readNamed(count, told.seq, left)
}

/** A summary has come, perhaps from a server that is behind, or before it has heard what was read here. */
export function mergedNamed(count: NamedCount | undefined, summary: Summary): NamedCount {
  if (count === undefined) return namedIn(summary)
  const { turn = 0, read, head } = summary
  if (turn !== count.turn) return toldNamed(count, { turn, seq: read }, summary.mentions, head)
  if (head < Math.max(count.countedTo, ...count.fresh)) return readNamed(count, read)
  return readNamed(namedIn(summary), count.read)
}
