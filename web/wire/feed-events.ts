// The events of the feed for the rest of the web app.
import type {
  ChangeEvent,
  EffectEvent,
  GoneEvent,
  NoteEvent,
  PassingEvent,
  RoomEvent,
  Welcome,
} from '../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import type { OwnChange } from './outgoing.ts'
import type { Refusal } from './refusal.ts'

/** Entries of a room: live, missed while disconnected, or healed. In any order, and possibly repeated. */
export interface EntriesEvent {
  type: 'entries'
  room: string
  messages: Message[]
  /** Changes of messages of this room (including replies in their threads), in order and without a hole before them. */
  changes: EffectEvent[]
  /** The highest number of the room that is known to exist. */
  head: number
}

/** The room is complete up to `upTo`. */
export interface UpToEvent {
  type: 'upTo'
  room: string
  upTo: number
}

/** What is stored of the room is no longer usable (a new epoch, too much missed): load its newest page. */
export interface RestartEvent {
  type: 'restart'
  room: string
}

/** An own message is in the log; its entry arrives separately, before or after this. */
export interface AckedEvent {
  type: 'acked'
  room: string
  message: SpokenMessage
}

/** An own change is in the log; its entry arrives separately, before or after this. */
export interface ChangedEvent {
  type: 'changed'
  room: string
  change: ChangeEvent
}

/** An own change was refused and dropped. */
export interface UnchangedEvent {
  type: 'unchanged'
  room: string
  change: OwnChange
  refusal: Refusal
}

/** A command was answered in the room, or was refused; a cid that nobody waits for is ignored. */
export interface AnsweredEvent {
  type: 'answered'
  room: string
  cid: string
  refusal?: Refusal
}

export type FeedEvent =
  | Welcome
  | EntriesEvent
  | UpToEvent
  | RestartEvent
  | AckedEvent
  | ChangedEvent
  | UnchangedEvent
  | AnsweredEvent
  | NoteEvent
  | PassingEvent
  | RoomEvent
  | GoneEvent

/** What happens in one room; everything else is about the connection, the list of rooms, or people. */
export type EventInRoom = Extract<FeedEvent, { room: string }>

export const isInRoom = (event: FeedEvent): event is EventInRoom =>
  'room' in event && typeof event.room === 'string'
