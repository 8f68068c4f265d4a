// The rooms one was in, the last first: kept in this browser, and apart for each person at it.
import { useLocalStorage } from '@vueuse/core'
import { computed, type ComputedRef } from 'vue'

/** More than one remembers having been in. */
const most = 30

export function useRecent(owner: string): { recent: ComputedRef<string[]>; visit: (room: string) => void } {
  const kept = useLocalStorage(`brook.recent.${owner}`, '')
  const recent = computed(() => kept.value.split(' ').filter((id) => id !== ''))
  const visit = (room: string): void => {
    kept.value = [room, ...recent.value.filter((id) => id !== room)].slice(0, most).join(' ')
  }
  return { recent, visit }
}
