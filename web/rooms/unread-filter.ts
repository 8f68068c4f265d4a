// The list of rooms with unread messages only, if the person wants that. The room on screen stays while it is read.
import { useLocalStorage } from '@vueuse/core'
import { computed } from 'vue'
import type { RoomSummary } from '../../server/protocol/people.ts'

export function useUnreadFilter(rooms: () => readonly RoomSummary[], here: () => string | undefined) {
  const isOn = useLocalStorage('brook.unreadOnly', false)
  const shown = computed(() =>
    isOn.value
      ? rooms().filter(({ id, unread, mentions = 0 }) => unread > 0 || mentions > 0 || id === here())
      : rooms(),
  )
  return { isOn, shown }
}
