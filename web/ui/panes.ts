// F6 and Shift+F6 go around the parts of the window: the rooms, the messages, the message field, a thread beside them,
// the members. Each keeps its place.
import { onScopeDispose } from 'vue'

/** In the order of the page. A list of messages and the field below it are two parts. */
const parts =
  'nav, [role=feed], #messages, #composer, #thread-composer, aside[aria-label], header [data-pane]'
/** Where the focus goes in a part that had none before. */
const start = '[aria-current=page], [data-message][tabindex="0"], a[href], button, [tabindex="0"]'

const isThere = (el: HTMLElement): boolean => el.checkVisibility() && el.closest('[inert]') === null

function partsNow(): HTMLElement[] {
  const all = [...document.querySelectorAll<HTMLElement>(parts)].filter(isThere)
  // A thread has parts of its own.
  return all.filter((part) => !all.some((other) => other !== part && part.contains(other)))
}

export function usePanes() {
  const lasts = new WeakMap<HTMLElement, HTMLElement>()
  const focused = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return
    const part = partsNow().find((one) => one.contains(target))
    // A list has its own place, which Tab leads to.
    if (part && part.getAttribute('role') !== 'feed') lasts.set(part, target)
  }
  document.addEventListener('focusin', focused)
  onScopeDispose(() => document.removeEventListener('focusin', focused))

  return (by: 1 | -1): void => {
    const all = partsNow()
    const active = document.activeElement
    const at = all.findIndex((part) => part.contains(active))
    // From between two parts to the nearest.
    const before = all.filter((part) => active && part.compareDocumentPosition(active) & 4).length
    const from = at >= 0 ? at + by : by > 0 ? before : before - 1
    const part = all.at(from % all.length)
    if (part === undefined) return
    const last = lasts.get(part)
    const known = last && part.contains(last) && isThere(last) ? last : undefined
    const isField = part.matches('textarea, input')
    const first = isField ? part : [...part.querySelectorAll<HTMLElement>(start)].find(isThere)
    const wanted = part.querySelector<HTMLElement>('[aria-current=page], [data-message][tabindex="0"]')
    ;(known ?? wanted ?? first ?? part).focus()
  }
}
