// What waits in the outbox: one message on its way, or refused. A type alone, for both sides of the wall.
import type { Refusal } from './refusal.ts'

export interface Outgoing {
  /** The same through every try: a doubled send is one message. */
  cid: string
  room: string
  /** Whose it is; another person at the same browser neither sees nor sends it. */
  user: string
  /** Its place in the queue, rising over all tabs of the browser. */
  place: number
  text: string
  replyTo?: number
  /** When it was written, by this browser's clock. */
  at: number
  state: 'waiting' | 'failed'
  /** Why it failed. */
  refusal?: Refusal
}
