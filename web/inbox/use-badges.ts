// The one place that decides the badges of the tab and of the app: the number of what is to do, which is also what the server sends
// to devices, or a dot while a room that is not muted has something unread.
import { computed } from 'vue'
import { useRooms } from '../rooms/rooms.ts'
import { useTabTitle } from '../ui/title.ts'
import { useInbox } from './inbox.ts'

/** `place`: what is on screen, in words. */
export function useBadges(place: () => string | undefined): void {
  const [inbox, rooms] = [useInbox(), useRooms()]
  useTabTitle(
    computed(() => ({ toDo: inbox.count, isUnread: rooms.badgeTotal > 0 })),
    computed(place),
  )
}
