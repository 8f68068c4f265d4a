// What can be reached inside a message: its links, quote, reactions, thread and bar. None of it is a Tab stop, because
// the list is one; arrow keys move along it once the focus is inside.
import { onBeforeUnmount, onMounted, type Ref } from 'vue'

const control = 'a[href], button, input, pre, [role=button]'
const stops = `${control}, [tabindex="0"]`

/** In the order of the page; the bar of actions is last. */
export const innerStops = (message: Element): HTMLElement[] =>
  [...message.querySelectorAll<HTMLElement>(control)].filter(
    (el) => el.checkVisibility() && el.closest('[inert]') === null && !el.matches(':disabled'),
  )

/** The next one in this direction, around the ends; from the message itself the first action of its bar. */
export function innerStep(message: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const all = innerStops(message)
  const at = all.indexOf(document.activeElement as HTMLElement)
  if (at >= 0) return all.at((at + step) % all.length)
  return all.find((el) => el.closest('[role=toolbar]') !== null) ?? all[0]
}

/** A wide block of code scrolls by the same keys, until its end is reached. */
export function scrollsItself(el: Element, step: 1 | -1): boolean {
  if (!el.matches('pre')) return false
  return step > 0 ? el.scrollLeft + el.clientWidth < el.scrollWidth - 1 : el.scrollLeft > 0
}

/** Invariant: nothing inside a message is a Tab stop, whatever draws it and whenever it is drawn. */
export function useNoInnerTabs(list: Ref<HTMLElement | null>): void {
  const quiet = (el: HTMLElement): void => {
    if (el.matches(stops) && el.closest('[data-message]') !== el && el.closest('[data-message]') !== null)
      el.tabIndex = -1
  }
  const quietAll = (root: HTMLElement): void => {
    quiet(root)
    root.querySelectorAll<HTMLElement>(stops).forEach(quiet)
  }
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes) if (node instanceof HTMLElement) quietAll(node)
  })
  onMounted(() => {
    if (list.value === null) return
    quietAll(list.value)
    observer.observe(list.value, { childList: true, subtree: true })
  })
  onBeforeUnmount(() => observer.disconnect())
}
