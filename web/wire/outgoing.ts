// What waits in the outbox: a message or a change of one, on its way or refused. Types alone, for both sides of the wall.
import type { Refusal } from './refusal.ts'

interface OutgoingFields {
  /** The same through every try: a doubled send is one message, a doubled change one change. */
  cid: string
  room: string
  /** Whose it is; another person at the same browser neither sees nor sends it. */
  user: string
  /** Its place in the queue, rising over all tabs of the browser. */
  place: number
  /** When it was written, by this browser's clock. */
  at: number
  state: 'waiting' | 'failed'
  /** Why it failed. */
  refusal?: Refusal
}

export interface OutgoingMessage extends OutgoingFields {
  change?: never
  text: string
  replyTo?: number
  thread?: number
  alsoInRoom?: true
}

/** Where something is said: in answer to a message, in a thread, in a thread and in the room. */
export interface SaidWhere {
  replyTo?: number | undefined
  thread?: number | undefined
  alsoInRoom?: boolean | undefined
}

/** What somebody does with message `seq`. */
export type OwnChange =
  | { type: 'edit'; seq: number; text: string }
  | { type: 'delete'; seq: number }
  | { type: 'react'; seq: number; emoji: string; on: boolean }
  | { type: 'pin'; seq: number; on: boolean }

export interface OutgoingChange extends OutgoingFields {
  change: OwnChange
}

export type Outgoing = OutgoingMessage | OutgoingChange

export const isChanging = (item: Outgoing): item is OutgoingChange => item.change !== undefined
