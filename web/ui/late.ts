// Hides quick operations: true only after `waiting` has lasted `afterMs`.
import { onScopeDispose, readonly, ref, watch, type Ref } from 'vue'

export function useLate(waiting: () => boolean, afterMs = 200): Readonly<Ref<boolean>> {
  const late = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    waiting,
    (is) => {
      clearTimeout(timer)
      if (is) timer = setTimeout(() => (late.value = true), afterMs)
      else late.value = false
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return readonly(late)
}
