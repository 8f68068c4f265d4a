// What the feed tells the rooms of the web app. Types only.
import type {
  ArchivedEvent,
  ChangeEvent,
  EffectEvent,
  GoneEvent,
  NoteEvent,
  OpenEvent,
  PresenceEvent,
  ReadEvent,
  RoomEvent,
  SavedEvent,
  ThreadEvent,
  TypingEvent,
  Welcome,
} from '../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import type { OwnChange } from './outgoing.ts'
import type { Refusal } from './refusal.ts'

/** Entries are known of: live, sent after a return, or healed. Any order, and the same one may come again. */
export interface EntriesTold {
  type: 'entries'
  room: string
  messages: Message[]
  /** What changes messages of this room (replies in their threads too), in order and without a hole before it. */
  changes: EffectEvent[]
  /** The highest number of the room that is known to exist. */
  head: number
}

/** The room is complete up to `upTo`. */
export interface UpToTold {
  type: 'upTo'
  room: string
  upTo: number
}

/** What was kept of the room is no base any more (a new epoch, too much missed): load its newest page. */
export interface RestartTold {
  type: 'restart'
  room: string
}

/** A message of one's own is in the log; its entry comes by itself, before or after this. */
export interface AckedTold {
  type: 'acked'
  room: string
  message: SpokenMessage
}

/** A change of one's own is in the log; its entry comes by itself, before or after this. */
export interface ChangedTold {
  type: 'changed'
  room: string
  change: ChangeEvent
}

/** A change of one's own was refused, and is given up. */
export interface UnchangedTold {
  type: 'unchanged'
  room: string
  change: OwnChange
  refusal: Refusal
}

/** A command is answered in the room, or was refused; whose cid nobody waits for is nobody's. */
export interface AnsweredTold {
  type: 'answered'
  room: string
  cid: string
  refusal?: Refusal
}

export type Told =
  | Welcome
  | EntriesTold
  | UpToTold
  | RestartTold
  | AckedTold
  | ChangedTold
  | UnchangedTold
  | AnsweredTold
  | NoteEvent
  | TypingEvent
  | PresenceEvent
  | ReadEvent
  | SavedEvent
  | ThreadEvent
  | ArchivedEvent
  | RoomEvent
  | OpenEvent
  | GoneEvent
