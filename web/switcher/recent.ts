// The rooms that the person visited, most recent first: stored in this browser, separately for each person.
import { useLocalStorage } from '@vueuse/core'
import { computed, type ComputedRef } from 'vue'

/** More than anybody remembers. */
const max = 30

export function useRecent(owner: string): { recent: ComputedRef<string[]>; visit: (room: string) => void } {
  const kept = useLocalStorage(`brook.recent.${owner}`, '')
  const recent = computed(() => kept.value.split(' ').filter((id) => id !== ''))
  const visit = (room: string): void => {
    kept.value = [room, ...recent.value.filter((id) => id !== room)].slice(0, max).join(' ')
  }
  return { recent, visit }
}
