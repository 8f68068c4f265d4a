// A page of a room, oldest first: its newest messages from memory, the rest from MySQL. Memory is read first and
// MySQL second: the other way round, an entry that is archived and dropped between the two would be in neither.
// Invariant: MySQL has every entry below the first one in memory, so the two never overlap and leave no hole.
import type { Queryable } from '../db.ts'
import type { Tail } from '../log/tail.ts'
import type { Message, PageAnswer } from '../protocol/http.ts'
import { showsInRoom, toMessage } from '../protocol/timeline.ts'
import { asItIs, bySeq } from './as-it-is.ts'
import { asOf as asItWas } from './as-of.ts'
import { messagesAt, messagesBefore, messagesBetween, type View } from './sql/messages.ts'

/** What one room is read from: MySQL, and the part of the log in memory that has the room. */
export interface RoomSource {
  db: Queryable
  tail: Tail
  room: string
}

/** At most one of `before` (exclusive), `after` (exclusive) and `around`; none means the newest page. */
export interface PageQuery {
  before?: number
  after?: number
  around?: number
  limit: number
  /** The room as it was at this number: nothing after it, and no change made after it. */
  asOf?: number
  /** As it was, except that edits are not undone. */
  hidesRevisions?: boolean
  /** Only what the room shows. */
  view?: View
}

type Part = Omit<PageAnswer, 'upTo'>
/** Up to this many messages from a number (exclusive). */
type Read = (place: number, max: number) => Promise<Part>

export async function readPage(source: RoomSource, query: PageQuery): Promise<PageAnswer> {
  if (query.asOf !== undefined) return pageAsOf(source, query, query.asOf)
  const upTo = source.tail.head(source.room)
  const older: Read = (before, max) => olderThan(source, before, max, query.view)
  const newer: Read = (after, max) => newerThan(source, after, max, query.view)
  return { ...(await onePart(query, upTo, { older, newer })), upTo }
}

/** Nothing above the moment is included, and messages below it come without their later changes. */
async function pageAsOf(source: RoomSource, query: PageQuery, moment: number): Promise<PageAnswer> {
  const { db, tail, room } = source
  const upTo = Math.min(moment, tail.head(room))
  const older: Read = async (before, max) => {
    const below = Math.min(before, upTo + 1)
    return { ...(await olderThan(source, below, max, query.view)), hasAfter: below <= upTo }
  }
  const newer: Read = async (after, max) => {
    const { messages, hasBefore } = await newerThan(source, after, max + 1, query.view)
    const within = messages.filter(({ seq }) => seq <= upTo)
    return { messages: within.slice(0, max), hasBefore, hasAfter: within.length > max }
  }
  const part = await onePart(query, upTo, { older, newer })
  const { hidesRevisions = false } = query
  return { ...part, messages: await asItWas({ db, tail, hidesRevisions }, room, upTo, part.messages), upTo }
}

/** The requested part of a room that ends at `upTo`. */
async function onePart(
  { before, after, around, limit }: PageQuery,
  upTo: number,
  { older, newer }: { older: Read; newer: Read },
): Promise<Part> {
  if (after !== undefined) return newer(after, limit)
  if (around === undefined) return older(before ?? upTo + 1, limit)
  const half = Math.ceil(limit / 2)
  const below = await older(around + 1, half)
  const above = await newer(around, limit - half)
  const messages = [...below.messages, ...above.messages]
  return { messages, hasBefore: below.hasBefore, hasAfter: above.hasAfter }
}

async function olderThan(
  { db, tail, room }: RoomSource,
  before: number,
  limit: number,
  view: View,
): Promise<Part> {
  const first = tail.first(room)
  const found: Message[] = []
  for (const { event } of tail.backwards(room, before)) {
    const message = toMessage(event)
    if (message !== undefined && isIn(view, message)) found.push(message)
    if (found.length > limit) break
  }
  // Memory is contiguous: if it has the whole page and one more, MySQL is not queried.
  const lacking = limit + 1 - found.length
  if (lacking > 0 && first > 1)
    found.push(...(await messagesBefore(db, room, Math.min(before, first), lacking, view)))
  return {
    messages: asItIs(tail, room, found.slice(0, limit).reverse()),
    hasBefore: found.length > limit,
    hasAfter: before <= tail.head(room),
  }
}

async function newerThan(
  { db, tail, room }: RoomSource,
  after: number,
  limit: number,
  view: View,
): Promise<Part> {
  const first = tail.first(room)
  const memory = tail.since(room, Math.max(after, first - 1)) ?? []
  const found = after + 1 < first ? await messagesBetween(db, room, after, first, limit + 1, view) : []
  for (const { event } of memory) {
    if (found.length > limit) break
    const message = toMessage(event)
    if (message !== undefined && isIn(view, message)) found.push(message)
  }
  return {
    messages: asItIs(tail, room, found.slice(0, limit)),
    hasBefore: after > 0,
    hasAfter: found.length > limit,
  }
}

const isIn = (view: View, message: Message): boolean => view === undefined || showsInRoom(message)

/** The messages with these numbers in their current state, oldest first; numbers without a message are left out. */
export async function readMessages(
  { db, tail, room }: RoomSource,
  seqs: readonly number[],
): Promise<Message[]> {
  const first = tail.first(room)
  const memory = seqs.flatMap((seq) => {
    const entry = seq < first ? undefined : tail.at(room, seq)
    return (entry && toMessage(entry.event)) ?? []
  })
  const kept = await messagesAt(
    db,
    room,
    seqs.filter((seq) => seq < first),
  )
  return bySeq(asItIs(tail, room, [...kept, ...memory]))
}
