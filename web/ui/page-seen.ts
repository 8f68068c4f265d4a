// Whether anybody can see the page: the browser draws nothing of a hidden one, so nothing is made ready for it either.
import { createSharedComposable, useDocumentVisibility } from '@vueuse/core'
import { computed, type ComputedRef } from 'vue'

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
