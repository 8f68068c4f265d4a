// Which message shows its bar of actions: one at a time in the whole app, that under the pointer before that with the
// focus.
import { computed, onScopeDispose, shallowRef } from 'vue'

const hovered = shallowRef<symbol>()
const focused = shallowRef<symbol>()

/** `isOpen`: a menu of this message is open, and its bar stays. */
export function useOneBar(isOpen: () => boolean) {
  const me = Symbol('message')
  const setIn = (which: typeof hovered, is: boolean): void => {
    if (is) which.value = me
    else if (which.value === me) which.value = undefined
  }
  onScopeDispose(() => {
    setIn(hovered, false)
    setIn(focused, false)
  })
  return {
    isShown: computed(() => isOpen() || (hovered.value ?? focused.value) === me),
    hover: (is: boolean) => setIn(hovered, is),
    focus: (is: boolean) => setIn(focused, is),
  }
}
