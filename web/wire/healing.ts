// What was missed in a room, paged over HTTP: oldest change first, until nothing more is missing.
import { limits } from '../../server/protocol/limits.ts'
import type { ChangesAnswer } from '../../server/protocol/http.ts'
import * as api from './api.ts'
import { isRefusal } from './refusal.ts'

/** More than this many pages (5,000 changes) is not healed: nobody reads it back, and the newest page says more. */
const mostPages = 25

/** `whole`: up to the server's head. `refused`: try again later. `too much`: start again at the newest page. */
export type Healed = 'whole' | 'refused' | 'too much' | 'unwanted'

export interface HealingDoors {
  room: string
  after: number
  /** A page has come; everything up to `upTo` is here with it. */
  take: (messages: ChangesAnswer['messages'], upTo: number) => void
  /** False once nobody waits for it any more. */
  isWanted: () => boolean
}

export async function heal({ room, after, take, isWanted }: HealingDoors): Promise<Healed> {
  let upTo = after
  for (let pages = 0; pages < mostPages; pages += 1) {
    const answer = await api.changes(room, upTo, limits.page.most)
    if (!isWanted()) return 'unwanted'
    if (isRefusal(answer)) return 'refused'
    const { messages, head, more } = answer
    // A server that is behind this tab's own knowledge has nothing to give yet.
    if (more && head <= upTo) return 'refused'
    // With more to come, `head` is how far this page is complete, and the next one goes on from there.
    upTo = Math.max(upTo, head)
    take(messages, upTo)
    if (!more) return 'whole'
  }
  return 'too much'
}
