// What is known of one thread: whether this person follows it, how far they have read, and which replies of others above
// that are unread. Pure. The server counts those up to the newest number that it knows; what comes above is counted here.
import type { ThreadEvent } from '../../../server/protocol/events.ts'
import { limits } from '../../../server/protocol/limits.ts'
import type { ThreadMark } from '../../../server/protocol/threads.ts'

export type Mark = Omit<ThreadMark, 'unread' | 'upTo'> & {
  readonly following: boolean
  /** Unread replies that the server counted, up to `countedTo`. */
  readonly counted: number
  readonly countedTo: number
  /** Those above it. */
  readonly fresh: ReadonlySet<number>
}

export const newMark = (room: string, thread: number): Mark => ({
  room,
  thread,
  read: thread,
  last: thread,
  following: false,
  counted: 0,
  countedTo: thread,
  fresh: new Set(),
})

/** Unread replies of others; 0 in a thread that is not followed. */
export const unreadCount = ({ following, counted, fresh }: Mark): number =>
  following ? Math.min(counted + fresh.size, limits.maxUnread) : 0

const kept = (fresh: ReadonlySet<number>, is: (seq: number) => boolean): ReadonlySet<number> =>
  new Set([...fresh].filter(is))

/** No reply above it has been counted by the server. */
const newestCounted = ({ last, countedTo }: Mark): number => Math.min(last, countedTo)

/** The person has read up to `seq`. */
export function readMark(mark: Mark, seq: number): Mark {
  if (seq <= mark.read) return mark
  const counted = seq >= newestCounted(mark) ? 0 : mark.counted
  return { ...mark, read: seq, counted, fresh: kept(mark.fresh, (number) => number > seq) }
}

/** Something of it was told. Numbers only grow, so what is late or repeated changes nothing. */
export function toldMark(mark: Mark, news: Partial<Pick<ThreadEvent, 'following' | 'read' | 'last'>>): Mark {
  const { following = mark.following, read = 0, last = 0 } = news
  const isNew = last > Math.max(mark.countedTo, mark.read, read)
  const fresh = isNew ? new Set([...mark.fresh, last]) : mark.fresh
  return readMark({ ...mark, following, last: Math.max(mark.last, last), fresh }, read)
}

/** The server has counted. What was read here meanwhile is not unread, though it counted it. */
export function countedMark(mark: Mark, { read, last, unread, upTo }: ThreadMark): Mark {
  const followed = { ...mark, following: true }
  // A server that lags behind the one that was asked before.
  if (upTo < mark.countedTo) return readMark(followed, read)
  const counted = mark.read >= last ? 0 : unread
  const fresh = kept(mark.fresh, (seq) => seq > upTo)
  return readMark({ ...followed, last: Math.max(mark.last, last), counted, countedTo: upTo, fresh }, read)
}

/** Message `seq` of the room is deleted. Undefined: only the server knows whether it has counted it. */
export function deletedMark(mark: Mark, seq: number): Mark | undefined {
  if (mark.fresh.has(seq)) return { ...mark, fresh: kept(mark.fresh, (number) => number !== seq) }
  const isCounted = mark.counted > 0 && seq > mark.read && seq <= newestCounted(mark)
  return isCounted ? undefined : mark
}
