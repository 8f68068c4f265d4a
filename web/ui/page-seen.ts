// Whether anybody can see the page: the browser draws nothing of a hidden one, so nothing is made ready for it either, and
// nothing is asked for again and again.
import { createSharedComposable, useDocumentVisibility } from '@vueuse/core'
import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref } from 'vue'

const useVisibility = createSharedComposable(useDocumentVisibility)

/**
 * What `read` returns while the page is visible, and while it is hidden what it returned last. Call it in setup.
 */
export function whileSeen<Of>(read: () => Of): ComputedRef<Of> {
  const visibility = useVisibility()
  let last: { value: Of } | undefined
  return computed(() => {
    if (last === undefined || visibility.value !== 'hidden') last = { value: read() }
    return last.value
  })
}

/** Calls `act` every `everyMs` while the page is visible, and when somebody comes back to it. Ends with the scope. */
export function useSeenInterval(act: () => unknown, everyMs: number): void {
  const visibility = useVisibility()
  let timer: ReturnType<typeof setInterval> | undefined
  watch(
    visibility,
    (now, before) => {
      clearInterval(timer)
      timer = now === 'hidden' ? undefined : setInterval(act, everyMs)
      if (before === 'hidden' && now !== 'hidden') act()
    },
    { immediate: true, flush: 'sync' },
  )
  onScopeDispose(() => clearInterval(timer))
}

/** The time, as often as somebody who looks at the page needs it. */
export function useSeenNow(everyMs: number): Ref<Date> {
  const now = ref(new Date())
  useSeenInterval(() => (now.value = new Date()), everyMs)
  return now
}
