// What of a room counts at this moment, for whatever shows it: a mute ends by itself. The rule is in protocol/member-settings.ts.
import { createSharedComposable } from '@vueuse/core'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { countedOf, type Counted } from '../../server/protocol/member-settings.ts'
import { useSeenNow } from '../ui/page-seen.ts'

type Countable = Pick<RoomSummary, 'level' | 'mutedUntil' | 'unread' | 'mentions'>

/** Of a mute, which is for an hour at least, nobody waits for the second. */
const useClock = createSharedComposable(() => useSeenNow(10_000))

export function useCounted(): (room: Countable) => Counted {
  const now = useClock()
  return (room) => countedOf(room, now.value.getTime())
}

/** Something in it, or in one of its threads, is new to this person and counts. */
export const isNew = ({ unread, mentions }: Counted): boolean => unread > 0 || mentions > 0
