// The list of rooms with unread messages only, if the person wants that. The room on screen stays while it is read.
import { useLocalStorage } from '@vueuse/core'
import { computed } from 'vue'
import type { RoomSummary } from '../../server/protocol/people.ts'

/** A room has something for this person, in it or in one of its threads. */
export const hasUnread = ({ unread, mentions = 0 }: Pick<RoomSummary, 'unread' | 'mentions'>): boolean =>
  unread > 0 || mentions > 0

export function useUnreadFilter(rooms: () => readonly RoomSummary[], here: () => string | undefined) {
  const isOn = useLocalStorage('brook.unreadOnly', false)
  const shown = computed(() =>
    isOn.value ? rooms().filter((room) => hasUnread(room) || room.id === here()) : rooms(),
  )
  return { isOn, shown }
}
