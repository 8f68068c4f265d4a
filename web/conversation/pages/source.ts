// Where the pages of a conversation come from, and how the feed learns how far they reach. The one for a room's own
// list is here; a thread has its own.
import type { Message, PageAnswer } from '../../../server/protocol/http.ts'
import { page, type PlaceInRoom } from '../../wire/api.ts'
import type { Feed } from '../../wire/feed.ts'
import type { Refusal } from '../../wire/refusal.ts'

export interface PageSource {
  read: (place: PlaceInRoom) => Promise<PageAnswer | Refusal>
  /** Whether the message belongs to these pages. */
  isHere: (message: Message) => boolean
  /** Called before a page is loaded that may be the newest. */
  begin: () => void
  /** The pages reach the end, which is this number. */
  keep: (upTo: number) => void
  /** They do not reach it. */
  release: () => void
}

export const roomSource = (room: string, feed: Feed): PageSource => ({
  read: (place) => page(room, { ...place, view: 'room' }),
  isHere: () => true,
  begin: () => feed.open(room),
  keep: (upTo) => feed.keep(room, upTo),
  release: () => feed.release(room),
})
