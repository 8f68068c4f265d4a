// What the server sends a browser over the WebSocket. One JSON object per line, several lines per frame.
import type { OwnDone } from './own-commands.ts'
import type { ErrorCode } from './errors.ts'
import type { ChangeEvent, EntryEvent, SpokenEvent } from './entries/index.ts'
import type { MemberSettingsBody } from './member-setting-fields.ts'
import type { InboxMark } from './inbox.ts'
import type { RenameNote } from './naming.ts'
import type { NotifySettings } from './notify-settings.ts'
import type { Person, RoomSummary, User } from './people.ts'
import type { Look, OwnLook } from './profiles.ts'
import type { Scheduled } from './scheduled.ts'

/**
 * First after the handshake. `at` is the server's clock; with a new `epoch`, old cursors are void and history is read
 * again.
 */
export interface Welcome {
  type: 'welcome'
  user: User
  rooms: RoomSummary[]
  epoch: string
  at: number
  /** The newest public room: a list of rooms that was asked for earlier and has it is complete. Absent: not known yet. */
  newestOpen?: string
  /** Who got another name of late, the last first; and what an administrator tells you who has renamed you. */
  renamed?: Person[]
  renameNote?: RenameNote
  /** How you look, and what you have chosen. Absent: not known yet. */
  me?: OwnLook
  /** Which of the workspace's own emoji there are, as CustomEmojiListAnswer names it. Absent: none. */
  emoji?: string
  /** Which build of the web app this server has; a page of another one is offered to reload. Absent: none is built. */
  build?: string
}

/** Your request is in the log, fsynced, under this number. It may arrive before or after its message. */
export interface Ack {
  type: 'ack'
  cid: string
  room: string
  seq: number
  at: number
}

export type { ChangeEvent, EntryEvent, SpokenEvent } from './entries/index.ts'
export type { MessageEvent } from './entries/message.ts'
export type { NoticeEvent } from './entries/notice.ts'
export type { Notice } from './http.ts'

/** A reply in a thread: a message, which also changes the root of its thread. */
export type ReplyEvent = SpokenEvent & { thread: number }

/** Whatever changes an existing message. */
export type EffectEvent = ChangeEvent | ReplyEvent

export interface TypingEvent {
  type: 'typing'
  room: string
  user: Person
  /** The person types a reply in the thread of this message, not in the room. */
  thread?: number
}

/** Who came (`here`) and went (`away`) since the last such event; the initial state is the member list over HTTP. */
export interface PresenceEvent {
  type: 'presence'
  room: string
  here: string[]
  away: string[]
}

/**
 * You have read up to `seq`, on any device; `unread` messages of others remain after it, up to `head`. A later `turn`
 * than the known one may move back; an earlier one is ignored.
 */
export interface ReadEvent {
  type: 'read'
  room: string
  seq: number
  turn?: number
  unread: number
  head?: number
  /** ... that mention you. */
  mentions?: number
  /** Replies in the room's threads that mention you and are not read there; only if they were asked for. */
  threadMentions?: number
}

/** You have saved message `seq` on one of your devices (`on`), or removed it from your saved ones. */
export interface SavedEvent {
  type: 'saved'
  room: string
  seq: number
  on: boolean
}

/** You have set this for a room on one of your devices: these are new, the others as they were. */
export interface MemberSettingsEvent {
  type: 'settings'
  room: string
  settings: MemberSettingsBody
}

/** Your sections have changed, on one of your devices. How they are is read over HTTP. */
export interface SectionsEvent {
  type: 'sections'
}

/** You have blocked somebody or no longer do, on one of your devices. Whom you block is read over HTTP. */
export interface BlocksEvent {
  type: 'blocks'
}

/** One of your scheduled messages has changed, by you or by itself; null: it was sent, or is deleted. */
export interface ScheduledEvent {
  type: 'scheduled'
  id: string
  scheduled: Scheduled | null
}

/** Your reminders have changed; `due`: the time of one of this message has come. What they are is read over HTTP. */
export interface RemindersEvent {
  type: 'reminders'
  due?: { room: string; seq: number }
}

/** For administrators: so many people ask to join and have no answer yet. */
export interface RequestsEvent {
  type: 'requests'
  open: number
}

/**
 * Reports have changed: `queue`, those that you may handle; `own`, one of yours was answered. What they are is read over HTTP.
 */
export interface ReportsEvent {
  type: 'reports'
  about: 'queue' | 'own'
}

/**
 * Your inbox has changed. `told`: you are told of this, and were not before. `gone`: what there was of this message was taken
 * away. Neither: something was put away, or taken back, on one of your devices; what is to do is read over HTTP.
 */
export interface InboxEvent {
  type: 'inbox'
  told?: InboxMark
  gone?: { room: string; seq: number }
}

/** You have changed how you want to be told, on any device. */
export interface NotifySettingsEvent {
  type: 'notify_settings'
  settings: NotifySettings
}

/**
 * Your state in a thread, changed on any device: whether you follow it, how far you have read it, and its newest
 * reply. Missing fields have not changed.
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

/** These people are called otherwise now, in everything they have ever said. `note`: an administrator has renamed you. */
export interface RenamedEvent {
  type: 'renamed'
  people: Person[]
  note?: RenameNote
}

/** The workspace's own emoji have changed; `version`: as in the welcome, '' for none. Which there are is read over HTTP. */
export interface CustomEmojiEvent {
  type: 'custom_emoji'
  version: string
}

/** How people look whom this connection watches: all of what is known of each. */
export interface LooksEvent {
  type: 'looks'
  people: Look[]
}

/** You look otherwise, or have chosen otherwise, on any device. */
export interface MeEvent {
  type: 'me'
  look: OwnLook
}

/** A room is new in your list, or its summary has changed. */
export interface RoomEvent {
  type: 'room'
  room: RoomSummary
}

/** Somebody has created a public room, and you are not in it. Not stored: the list over HTTP contains them all. */
export interface OpenEvent {
  type: 'open'
  room: RoomSummary
}

/** A room is not in your list any more (you left it, on this or another device). */
export interface GoneEvent {
  type: 'gone'
  room: string
}

/**
 * Only for the person who typed a command, on all their connections: the bot's note or, with a `code`, why it failed,
 * also as English `text`. `user` is the bot, if one is known. A note has no number and is not stored.
 */
export interface NoteEvent {
  type: 'note'
  room: string
  cid: string
  user?: Person
  /** The thread in which it was asked. */
  thread?: number
  text: string
  at: number
  code?: 'unknown_command' | 'command_timeout' | 'command_failed'
  /** What one of the server's own commands has done, for words in the reader's language; `until`: in ms, null for no end. */
  done?: { what: OwnDone; until?: number | null }
  /** Nothing was done: `text` says what is wrong with what was typed. */
  failed?: true
  /** The command's name; sent with a code. */
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

/** Events that are not stored: they have no number, and a disconnected client does not receive them later. */
export type PassingEvent =
  | OpenEvent
  | CustomEmojiEvent
  | TypingEvent
  | PresenceEvent
  | ReadEvent
  | SavedEvent
  | MemberSettingsEvent
  | SectionsEvent
  | BlocksEvent
  | ScheduledEvent
  | RemindersEvent
  | ReportsEvent
  | RequestsEvent
  | InboxEvent
  | NotifySettingsEvent
  | ThreadEvent
  | ArchivedEvent
  | RenamedEvent
  | LooksEvent
  | MeEvent

export type ServerEvent =
  | Welcome
  | Ack
  | EntryEvent
  | PassingEvent
  | GapEvent
  | RoomEvent
  | GoneEvent
  | NoteEvent
  | ErrorEvent
