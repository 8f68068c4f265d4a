// A draft on its way into the log and an entry on its way out. How it stands in the stream is in packed.ts.
import type { DraftBody, EntryEvent } from '../protocol/entries/index.ts'
import type { ErrorCode } from '../protocol/errors.ts'
import type { Person } from '../protocol/people.ts'

/** What somebody may say: allowed, stamped with who and where, without a number yet. */
export interface Draft {
  room: string
  user: Person
  /** UUIDv7; the same (user, cid) is never two entries. */
  cid: string
  /** It may say something else when it is asked again, as dice do: the first stands. Otherwise that is refused. */
  firstStands?: true
  body: DraftBody
}

export type { DraftBody }

/** The place of an entry in the stream: milliseconds and a number within them. Never one JavaScript number. */
export interface StreamId {
  ms: number
  n: number
}

/** Numbered by Redis: it happened. */
export interface Entry {
  id: StreamId
  room: string
  seq: number
  cid: string
  event: EntryEvent
}

/** The id of whoever said or did it, as a number; 0 for somebody whom no table has. */
export function personNumber({ event }: Pick<Entry, 'event'>): number {
  const id = 'user' in event ? event.user.id : ''
  return /^[1-9]\d*$/.test(id) ? Number(id) : 0
}

/** The log took it: its number and its time. An equal (user, cid) gives the same answer again. */
export interface Appended {
  seq: number
  at: number
}

/** The log's doors for those who say things: a refusal is a value. log_unknown: ask again with the same cid. */
export interface Append {
  (draft: Draft): Promise<Appended | { code: ErrorCode; retryAfterMs?: number }>
}

/** Of an id as Redis writes it. Every entry of every server comes through here: nothing is cut out of the text. */
export function parseStreamId(text: string): StreamId {
  let [ms, n, at] = [0, 0, 0]
  for (; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - zero
    if (digit < 0) break
    ms = 10 * ms + digit
  }
  for (at += 1; at < text.length; at += 1) n = 10 * n + text.charCodeAt(at) - zero
  return { ms, n }
}

const zero = '0'.charCodeAt(0)

export const formatStreamId = ({ ms, n }: StreamId): string => `${ms}-${n}`

/** Below zero when `a` is older than `b`. */
export const compareIds = (a: StreamId, b: StreamId): number => a.ms - b.ms || a.n - b.n

/** Thrown for a stream entry that is not one of ours; sync sends it to the dead letters, the tail passes it over. */
export class BadEntry extends Error {
  override name = 'BadEntry'
}
