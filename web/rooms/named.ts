// The number of unread messages of a room that mention this person: those that the room shows, above its read marker, and
// replies that only their thread shows, above the thread's. Pure. By the same rule as unread.ts: the server counts up to
// a head that it names, what comes above that is counted here, each number once.
import type { EffectEvent } from '../../server/protocol/events.ts'
import type { Message } from '../../server/protocol/http.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Position } from '../../server/protocol/position.ts'
import { isNamed, isReply, isSpoken, showsInRoom } from '../../server/protocol/timeline.ts'

/** What the server counted up to number `to`, and what has come above that. */
interface Counted {
  readonly counted: number
  readonly to: number
  readonly fresh: ReadonlySet<number>
}

export interface NamedCount {
  readonly generation: number
  readonly read: number
  readonly room: Counted
  readonly threads: Counted
  /** The thread of each fresh reply. */
  readonly threadOf: ReadonlyMap<number, number>
  /** How far threads have been read, as far as it is known here. */
  readonly threadsRead: ReadonlyMap<number, number>
}

type Summary = Pick<RoomSummary, 'head' | 'read' | 'turn' | 'mentions' | 'threadMentions'>

export const namedIn = (summary: Summary): NamedCount => ({
  generation: summary.turn ?? 0,
  read: summary.read,
  room: counted((summary.mentions ?? 0) - (summary.threadMentions ?? 0), summary.head),
  threads: counted(summary.threadMentions ?? 0, summary.head),
  threadOf: new Map(),
  threadsRead: new Map(),
})

const counted = (count: number, to: number, fresh: Iterable<number> = []): Counted => ({
  counted: count,
  to,
  fresh: new Set(fresh),
})

export const namedCount = ({ room, threads }: NamedCount): number =>
  room.counted + room.fresh.size + threads.counted + threads.fresh.size

/** This message is somebody else's, and mentions this person. */
export const names = (message: Message, own: string): boolean =>
  isSpoken(message) && message.user.id !== own && isNamed(message.mentions, own)

/**
 * Messages arrived in their current state, in any order and perhaps repeated: an edit may add a mention, or remove it.
 */
export function heardNamed(count: NamedCount, messages: readonly Message[], own: string): NamedCount {
  const threadOf = new Map(count.threadOf)
  const room = new Set(count.room.fresh)
  const threads = new Set(count.threads.fresh)
  for (const message of messages) {
    if (!isSpoken(message)) continue
    const { seq, thread = 0 } = message
    if (showsInRoom(message)) {
      if (seq > Math.max(count.room.to, count.read)) put(room, seq, names(message, own))
    } else if (seq > Math.max(count.threads.to, count.threadsRead.get(thread) ?? 0)) {
      const isNaming = names(message, own)
      if (isNaming) threadOf.set(seq, thread)
      put(threads, seq, isNaming)
    }
  }
  return {
    ...count,
    threadOf,
    room: { ...count.room, fresh: room },
    threads: { ...count.threads, fresh: threads },
  }
}

const put = (numbers: Set<number>, seq: number, is: boolean): void =>
  void (is ? numbers.add(seq) : numbers.delete(seq))

/**
 * Somebody edited or deleted a message. Returns undefined if only the server knows whether it is counted.
 */
export function changedNamed(count: NamedCount, change: EffectEvent, own: string): NamedCount | undefined {
  if (isReply(change) || (change.type !== 'edited' && change.type !== 'deleted')) return count
  if (change.user.id === own) return count
  const { target } = change
  const isNaming = change.type === 'edited' && isNamed(change.mentions, own)
  const isFresh = count.room.fresh.has(target) || count.threads.fresh.has(target)
  if (isFresh) return isNaming ? count : without(count, (seq) => seq === target)
  const mayBeCounted =
    (count.room.counted > 0 && target > count.read && target <= count.room.to) ||
    (count.threads.counted > 0 && target <= count.threads.to)
  return isNaming || mayBeCounted ? undefined : count
}

function without(count: NamedCount, isOver: (seq: number) => boolean): NamedCount {
  const left = ({ fresh }: Counted): Set<number> => new Set([...fresh].filter((seq) => !isOver(seq)))
  return {
    ...count,
    room: { ...count.room, fresh: left(count.room) },
    threads: { ...count.threads, fresh: left(count.threads) },
  }
}

/** What the server reports of the room's own list, up to `head`; nothing if it is behind what it had counted before. */
interface Report {
  mentions?: number | undefined
  threadMentions?: number | undefined
  head: number
}

/** Read up to `seq`. Below what the server counted, only the server knows how many are left. */
export function readNamed(count: NamedCount, seq: number, report?: Report): NamedCount {
  if (seq < count.read || (seq === count.read && report === undefined)) return count
  const { room } = count
  const above = [...room.fresh].filter((number) => number > seq)
  const left = seq >= room.to ? 0 : room.counted
  return reported({ ...count, read: seq, room: { ...room, counted: left, fresh: new Set(above) } }, report)
}

function reported(count: NamedCount, { mentions, threadMentions, head }: Report = { head: 0 }): NamedCount {
  const { room, threads, read } = count
  const news = (part: Counted, told: number | undefined): Counted =>
    told === undefined || head < part.to
      ? part
      : counted(
          told,
          head,
          [...part.fresh].filter((seq) => seq > head),
        )
  return {
    ...count,
    room: news(room, read >= head && mentions !== undefined ? 0 : mentions),
    threads: news(threads, threadMentions),
  }
}

/** A thread is read up to `seq`. */
export function readThread(count: NamedCount, thread: number, seq: number): NamedCount {
  const threadsRead = new Map(count.threadsRead)
  threadsRead.set(thread, Math.max(seq, threadsRead.get(thread) ?? 0))
  const isRead = (number: number): boolean => number <= seq && count.threadOf.get(number) === thread
  const fresh = new Set([...count.threads.fresh].filter((number) => !isRead(number)))
  return { ...count, threadsRead, threads: { ...count.threads, fresh } }
}

/** A later generation has begun: `left` of those up to `head` that the room shows mention this person. */
export function beginNamedGeneration(
  count: NamedCount,
  { generation, seq }: Position,
  left: number,
  head: number,
): NamedCount {
  const above = [...count.room.fresh].filter((number) => number > head)
  return { ...count, generation, read: seq, room: counted(left, head, above) }
}

/** The server reports how far this person has read. An older server does not report mentions. */
export function applyNamedRead(count: NamedCount, position: Position, report: Report): NamedCount {
  if (position.generation < count.generation) return count
  if (position.generation === count.generation) return readNamed(count, position.seq, report)
  const begun = beginNamedGeneration(count, position, report.mentions ?? 0, report.head)
  return reported(begun, { ...report, mentions: undefined })
}

/** A summary has arrived, perhaps from a server that is behind, or sent before it knew what was read here. */
export function mergedNamed(count: NamedCount | undefined, summary: Summary): NamedCount {
  if (count === undefined) return namedIn(summary)
  const { turn: generation = 0, read: seq, head, mentions = 0, threadMentions = 0 } = summary
  const report = { mentions: mentions - threadMentions, threadMentions, head }
  if (generation !== count.generation) return applyNamedRead(count, { generation, seq }, report)
  if (head < Math.max(count.room.to, ...count.room.fresh)) return readNamed(count, seq)
  const taken = reported({ ...count, read: Math.max(seq, count.read) }, report)
  return seq < count.read ? readNamed({ ...taken, read: seq }, count.read) : taken
}
