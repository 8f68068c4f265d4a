// What a kind of entry is. Each kind is a file beside this one, listed in index.ts; its SQL is history/entries/<kind>.ts.
// Trap: the browser folds with these too, so they import types of schemas, and never a schema.
import type { Message, SpokenMessage } from '../http.ts'
import type { MessageBody } from '../message.ts'
import type { Person } from '../people.ts'

/** What every entry says about itself. `at`: when the log accepted it, in ms since 1970. */
export interface Common {
  room: string
  seq: number
  cid: string
  user: Person
  at: number
}

/** The body of an entry as the log has it, unchecked. */
export type RawBody = Readonly<Record<string, unknown>>

/** Reads the body of message `seq` by its schema; undefined if it has no text. The log passes it to every parser. */
export type ReadBody = (raw: RawBody, seq: number) => MessageBody | undefined

interface Parses<Event> {
  /** The event, or what is wrong with its body: words that continue "entry 5-0 has". */
  parse(common: Common, body: RawBody, read: ReadBody): Event | string
}

/**
 * What somebody posts: a row of its own, which can be answered, changed, pinned and searched, and counts as unread.
 * Search, webhook filters and mentions use its `text`; bots and webhooks receive all that `toEvent` has.
 */
export interface SpokenKind<Event> extends Parses<Event> {
  makes: 'message'
  toMessage(event: Event): SpokenMessage
  /** The event as it was sent live, restored from its row, without later changes. */
  toEvent(room: string, message: SpokenMessage): Event
  /** Its text cannot be edited. */
  isFixed?: true
  /** The content as plain text, for exports and the terminal. */
  words(message: SpokenMessage): string
}

/** Something that happened to the room: a row of its own that nothing changes. */
export interface NoticeKind<Event> extends Parses<Event> {
  makes: 'notice'
  toMessage(event: Event): Message
  toEvent(room: string, message: Message): Event
}

/** A change of an existing message. */
export interface ChangeKind<Event> extends Parses<Event> {
  makes: 'change'
  /** The message after the change. Never called for a deleted message. */
  fold(message: SpokenMessage, change: Event): SpokenMessage
  /** What happens to the message's text: unless it is kept, search and mentions are updated. */
  words: 'kept' | 'replaced' | 'gone'
  /** The fields of the message that `fold` sets, if MySQL stores the result as JSON (history/entries/folded.ts). */
  state?: readonly string[]
  /** The change without what it says, for a message that is deleted. Missing: nothing in it is anybody's words. */
  blank?(change: Event): Event
}

/** What a change says about itself: `target` is the message's number, `seq` the change's own. */
export interface Change extends Common {
  target: number
}

/** A change of this type without its content, or what is wrong with its body. */
export function changeOf<Type extends string>(
  type: Type,
  { room, seq, cid, user, at }: Common,
  { target }: RawBody,
): (Change & { type: Type }) | string {
  if (typeof target !== 'number' || !Number.isSafeInteger(target) || target < 1) return 'no target'
  return { type, room, seq, at, target, cid, user }
}

/** An entry of a kind that this version does not know: its number counts, its content is ignored. */
export interface UnknownEvent {
  type: 'unknown'
  room: string
  seq: number
  at: number
}
