// The messages of a room, of a thread, or of a room at an earlier time: what is shown of them and what can be done.
// Each of the three creates one; the list, the composer and the rows know only this. Types only.
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { Person, RoomSummary } from '../../server/protocol/people.ts'
import type { OwnChange, WrittenBody } from '../wire/outgoing.ts'
import type { Refusal } from '../wire/refusal.ts'
import type { MessageLine, Row } from './lines/line.ts'
import type { Place } from './pages/place.ts'

export type TimelineStatus = 'loading' | 'ready' | 'failed' | 'missing'

/** Reactive. Actions return nothing; their results show in the state. */
export interface Timeline {
  status: TimelineStatus
  /** The room, once it is known; for a thread, the room it belongs to. */
  room: RoomSummary | undefined
  rows: Row[]
  hasBefore: boolean
  hasAfter: boolean
  loadingBefore: boolean
  /** Why older history could not be loaded. */
  beforeFailed: Refusal | undefined
  /** The newest number. */
  newest: number
  /** The message with this number is archived; for its details. */
  isArchived: (seq: number) => boolean
  /** Messages of others that arrived while the reader was not at the end. */
  unseen: number
  /** How many unread messages above what is on screen have not been there; 0: none. */
  skipped: number
  typing: Person[]
  /** What is shown is from this device, as the room was then (ms); undefined: it is as it is. */
  asOf?: number | undefined

  loadBefore: () => unknown
  loadAfter: () => unknown
  toNewest: () => unknown
  /** Loads again what failed. */
  retry: () => unknown
  /** The newest number on screen and the first one, with the window focused. */
  seenTo: (seq: number, from: number) => void
  /** Loads the first unread message, and returns where the list goes for it. */
  toUnread: () => Promise<Place | undefined>
  /** Marks everything here as read. */
  markRead: () => unknown
  /** Where the list is; undefined at the newest. */
  standsAt: (place: Place | undefined) => void
  /** An answered message that is not on the list; `lookUp` loads it if it is not in memory. */
  quoted: (seq: number) => SpokenMessage | undefined
  lookUp: (seq: number) => void
  /** The person's last message in memory, even if the list does not reach it. */
  lastOwn: () => MessageLine | undefined

  send: (body: WrittenBody) => void
  /** Edits, deletes, reacts to or pins a message. */
  change: (change: OwnChange) => void
  tellTyping: () => void
  /** Runs a command. False: nothing was sent, because there is no connection. */
  ask: (name: string, args: string, onFailed?: () => void) => boolean
  /** Dismisses a note, which only this person sees. */
  dismiss: (key: string) => void
}
