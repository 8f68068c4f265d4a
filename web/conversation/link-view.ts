// The connection and what waits for it, as far as a conversation shows them; the link's store is one. Types only.
import type { Outgoing } from '../wire/outgoing.ts'

export interface LinkView {
  state: 'connecting' | 'live' | 'offline' | 'behind'
  /** How many messages wait to be sent. */
  waiting: number
  /** False if this browser cannot store what waits beyond this tab. */
  kept: boolean
  retryNow: () => void
  /** Sends a failed item again, with its cid. */
  resend: (cid: string) => void
  /** Removes an item from the outbox and returns it. */
  remove: (cid: string) => Outgoing | undefined
}
