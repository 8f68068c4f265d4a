// A thread from what is on this device of its room, when the server cannot be asked.
import type { SpokenMessage, ThreadAnswer } from '../../server/protocol/http.ts'
import { isSpoken } from '../../server/protocol/timeline.ts'
import { useCache } from './cache.ts'

/** Undefined: its beginning is not here. Replies from before the stretch are said to be missing. */
export async function threadHere(room: string, root: number): Promise<ThreadAnswer | undefined> {
  const open = await useCache().ready()
  await open?.follower.settled()
  const page = await open?.copies.page(room, { limit: Infinity })
  const spoken = page?.messages.filter(isSpoken) ?? []
  const first = spoken.find(({ seq }) => seq === root)
  if (page === undefined || first === undefined) return undefined
  const messages = spoken.filter(({ thread }: SpokenMessage) => thread === root)
  const hasBefore = page.stretch.repliesFrom > root && messages.length < (first.threaded?.replies ?? 0)
  return { root: first, messages, hasBefore, hasAfter: false, upTo: page.upTo }
}
