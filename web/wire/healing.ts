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
    // Changes come in the order of their numbers: with more to come, they are whole up to the last one here.
    const last = Math.max(upTo, ...messages.map(({ updatedSeq }) => updatedSeq))
    if (more && last === upTo) return 'refused'
    upTo = more ? last : Math.max(last, head)
    take(messages, upTo)
    if (!more) return 'whole'
  }
  return 'too much'
}
