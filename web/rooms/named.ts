// How many unread messages of a room name this person. Pure. Beside unread.ts, by the same rule: the server counts up to a
// head it names, what comes above that is counted here, each number once.
import type { Message } from '../../server/protocol/http.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'

export interface NamedCount {
  readonly read: number
  readonly counted: number
  readonly countedTo: number
  readonly fresh: ReadonlySet<number>
}

type Summary = Pick<RoomSummary, 'head' | 'read' | 'mentions'>

export const namedIn = ({ head, read, mentions = 0 }: Summary): NamedCount => ({
  ...{ read, counted: mentions, countedTo: head, fresh: new Set<number>() },
})

export const namedCount = ({ counted, fresh }: NamedCount): number => counted + fresh.size

/** Messages are known of as they stand, in any order and perhaps again: an edit may add a name, or take it away. */
export function heardNamed(count: NamedCount, messages: readonly Message[], own: string): NamedCount {
  const fresh = new Set(count.fresh)
  for (const message of messages) {
    if (message.kind !== 'message' || message.seq <= Math.max(count.countedTo, count.read)) continue
    const isNamed = message.user.id !== own && message.mentions?.some(({ ids }) => ids.includes(own)) === true
    if (isNamed) fresh.add(message.seq)
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

/** A summary has come, perhaps from a server that is behind, or before it has heard what was read here. */
export function mergedNamed(count: NamedCount | undefined, summary: Summary): NamedCount {
  if (count === undefined) return namedIn(summary)
  if (summary.head < Math.max(count.countedTo, ...count.fresh)) return readNamed(count, summary.read)
  return readNamed(namedIn(summary), count.read)
}
