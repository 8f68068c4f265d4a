// What the server tells a browser over the WebSocket. One JSON object a line, several lines a frame.
import type { ErrorCode } from './errors.ts'
import type { Mention } from './http.ts'
import type { Person, RevisionReaders, Role, RoomSummary, User } from './people.ts'

/** First after the handshake. `at` is the server's clock; a new `epoch` means cursors start again from history. */
export interface Welcome {
  type: 'welcome'
  user: User
  rooms: RoomSummary[]
  epoch: string
  at: number
}

/** Your command is in the log, fsynced, under this number. Comes in any order with its message. */
export interface Ack {
  type: 'ack'
  cid: string
  room: string
  seq: number
  at: number
}

/** Somebody said something. */
export interface MessageEvent {
  type: 'message'
  room: string
  seq: number
  cid: string
  user: Person
  text: string
  /** When it was said; for an imported message long before it got its number. */
  at: number
  replyTo?: number
  /** Whom the text names. */
  mentions?: Mention[]
  /** Of an imported message that had been edited elsewhere. */
  editedAt?: number
  /** The message whose thread it is said in. */
  thread?: number
  /** Said in a thread, and shown in the room as well. */
  alsoInRoom?: true
}

/** A reply in a thread: a message, and it changes the message that the thread begins with. */
export type ReplyEvent = MessageEvent & { thread: number }

/** What changes a message: `target` is its number, `seq` the change's own. */
interface Change {
  room: string
  seq: number
  target: number
  cid: string
  user: Person
  at: number
}

/** The message has another text from here on. */
export interface EditedEvent extends Change {
  type: 'edited'
  text: string
  mentions?: Mention[]
}

/** The message is gone; its number stays. */
export interface DeletedEvent extends Change {
  type: 'deleted'
}

/** `user` has put this emoji on the message, or taken it off. */
export interface ReactedEvent extends Change {
  type: 'reacted'
  emoji: string
  on: boolean
}

/** `user` has pinned the message to its room, or unpinned it. */
export interface PinnedEvent extends Change {
  type: 'pinned'
  on: boolean
}

export type ChangeEvent = EditedEvent | DeletedEvent | ReactedEvent | PinnedEvent

/** Whatever changes a message that is there. */
export type EffectEvent = ChangeEvent | ReplyEvent

/** What happened to a room and is no speech. `user` did it; `person` is whom it happened to, when another. */
export interface NoticeEvent {
  type: 'notice'
  room: string
  seq: number
  user: Person
  at: number
  notice: Notice
}

export type Notice =
  | { kind: 'created' }
  | { kind: 'joined' }
  | { kind: 'left' }
  | { kind: 'added'; person: Person }
  | { kind: 'topic'; topic: string }
  /** Who may read earlier texts from here on. */
  | { kind: 'revisions'; revisions: RevisionReaders }
  /** `person` was taken out of the room by `user`. */
  | { kind: 'removed'; person: Person }
  /** `person` is this from here on. */
  | { kind: 'role'; person: Person; role: Role }

/** An entry of a kind this version does not know: its number counts, its content is passed over. */
export interface UnknownEvent {
  type: 'unknown'
  room: string
  seq: number
  at: number
}

/** What has a number: the entries of a room's log, as told live. */
export type EntryEvent = MessageEvent | NoticeEvent | ChangeEvent | UnknownEvent

export interface TypingEvent {
  type: 'typing'
  room: string
  user: Person
  /** What is typed is a reply in the thread of this message, and not said in the room. */
  thread?: number
}

/** Who came (`here`) and went (`away`) since the last word on it; the first word is the member list over HTTP. */
export interface PresenceEvent {
  type: 'presence'
  room: string
  here: string[]
  away: string[]
}

/**
 * You have read up to `seq`, on whichever device; `unread` messages of others are left after it, up to `head`. A later
 * `turn` than the one you know may lead back; an earlier one means nothing any more.
 */
export interface ReadEvent {
  type: 'read'
  room: string
  seq: number
  turn?: number
  unread: number
  head?: number
  /** ... of which name you. */
  mentions?: number
}

/** You have saved message `seq` on one of your devices (`on`), or do not keep it any longer. */
export interface SavedEvent {
  type: 'saved'
  room: string
  seq: number
  on: boolean
}

/**
 * How you stand to a thread, on whichever device: whether you follow it, how far you have read it, and its newest reply.
 * What is not named has not changed.
 */
export interface ThreadEvent {
  type: 'thread'
  room: string
  thread: number
  following?: boolean
  read?: number
  last?: number
}

/** Numbers `from` to `to`, both inclusive, were not sent: page them with GET changes?after=from-1. */
export interface GapEvent {
  type: 'gap'
  room: string
  from: number
  to: number
}

/** Everything in the room up to `seq` is in MySQL. */
export interface ArchivedEvent {
  type: 'archived'
  room: string
  seq: number
}

/** A room is new in your list, or its summary has changed. */
export interface RoomEvent {
  type: 'room'
  room: RoomSummary
}

/** Somebody has made a public room, and you are not in it. Passing: the list over HTTP names them all. */
export interface OpenEvent {
  type: 'open'
  room: RoomSummary
}

/** A room is not yours any more (left, on this or another device). */
export interface GoneEvent {
  type: 'gone'
  room: string
}

/**
 * For the asker of a command alone, on all their connections: what the bot says to them, or (with a `code`) why nothing
 * came of it, in English in `text` too. `user` is the bot; none when no bot is known. A note has no number and is not kept.
 */
export interface NoteEvent {
  type: 'note'
  room: string
  cid: string
  user?: Person
  /** The thread that it was asked in. */
  thread?: number
  text: string
  at: number
  code?: 'unknown_command' | 'command_timeout' | 'command_failed'
  /** The command's name, beside a code. */
  name?: string
}

export interface ErrorEvent {
  type: 'error'
  code: ErrorCode
  message: string
  cid?: string
  room?: string
  retryAfterMs?: number
}

/** Passing things have no number and are never missed: who was away does not hear them later. */
export type PassingEvent =
  OpenEvent | TypingEvent | PresenceEvent | ReadEvent | SavedEvent | ThreadEvent | ArchivedEvent

export type ServerEvent =
  Welcome | Ack | EntryEvent | PassingEvent | GapEvent | RoomEvent | GoneEvent | NoteEvent | ErrorEvent
