// Which message shows its bar of actions: one at a time in the whole app, the one that the pointer was moved on or the
// focus came to last.
import { computed, onScopeDispose, shallowRef } from 'vue'

const shown = shallowRef<symbol>()
let focused: symbol | undefined
/** Of the pointer. */
let lastPlace = ''

/** `isOpen`: a menu of this message is open, and its bar stays. */
export function useOneBar(isOpen: () => boolean) {
  const me = Symbol('message')

  /** Trap: a list that scrolls under a resting pointer sends the same events as a pointer that moves. */
  function moved({ pointerType, screenX, screenY }: PointerEvent): void {
    const place = `${screenX} ${screenY}`
    if (pointerType === 'mouse' && place !== lastPlace) shown.value = me
    lastPlace = place
  }
  function left(): void {
    if (shown.value === me) shown.value = focused
  }
  function focus(is: boolean): void {
    if (is) shown.value = me
    else if (shown.value === me) shown.value = undefined
    if (is) focused = me
    else if (focused === me) focused = undefined
  }
  onScopeDispose(() => focus(false))

  return { isShown: computed(() => isOpen() || shown.value === me), moved, left, focus }
}
