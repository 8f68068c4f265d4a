// Pages what was missed in a room over HTTP: oldest change first, until nothing is missing.
import { limits } from '../../server/protocol/limits.ts'
import type { ChangesAnswer } from '../../server/protocol/http.ts'
import * as api from './api.ts'
import { isRefusal } from './refusal.ts'

/** More than this many pages (5,000 changes) is not healed: nobody reads it all, and the newest page is more useful. */
const maxPages = 25

/**
 * `whole`: up to the server's head. `refused`: try again later. `too much`, also of what one entry has changed: start again at the
 * newest page.
 */
export type Healed = 'whole' | 'refused' | 'too much' | 'unwanted'

export interface HealingDeps {
  room: string
  after: number
  /** A page has arrived, and with it everything up to `upTo`. */
  take: (messages: ChangesAnswer['messages'], upTo: number) => void
  /** What the server has answered, whatever it is. */
  answered: (after: number, answer: ChangesAnswer) => void
  /** False once nobody waits for it any more. */
  isWanted: () => boolean
}

export async function heal({ room, after, take, answered, isWanted }: HealingDeps): Promise<Healed> {
  let upTo = after
  for (let pages = 0; pages < maxPages; pages += 1) {
    const answer = await api.changes(room, upTo, limits.page.max)
    if (!isWanted()) return 'unwanted'
    if (isRefusal(answer)) return 'refused'
    answered(upTo, answer)
    const { messages, head, more, anew } = answer
    if (anew === true) return 'too much'
    // A server that knows less than this tab has nothing to send yet.
    if (more && head <= upTo) return 'refused'
    // While there is more, this page is complete up to `head`, and the next one continues there.
    upTo = Math.max(upTo, head)
    take(messages, upTo)
    if (!more) return 'whole'
  }
  return 'too much'
}
