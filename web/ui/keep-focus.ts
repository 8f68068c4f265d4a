// The focus never falls to the page's body: when what has it is removed or disabled, the next best place gets it, which
// is the message around it, then something beside it in the same list, bar or pane, then the list, then the composer.
// What moves with a row of a list keeps the focus.
import { onScopeDispose } from 'vue'

/** Where the focus was, nearest first. */
function placesOf(el: Element): HTMLElement[] {
  const around = ['[role=dialog]', '[data-message]', '[role=feed]', '#messages']
  // What is cancelled or sent beside a field is followed by writing on.
  const field = el.closest('form')?.querySelector<HTMLElement>('textarea') ?? []
  return [field, around.flatMap((place) => el.closest<HTMLElement>(place) ?? [])].flat()
}

const stops =
  'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select, [tabindex]:not([tabindex="-1"])'

/** What is beside an element in one of these is near it. */
const parts = 'ul, ol, nav, header, form, aside, section, [role=toolbar], [role=group]'

const stopsIn = (part: Element): HTMLElement[] => [...part.querySelectorAll<HTMLElement>(stops)]

function partsOf(el: Element): Element[] {
  const part = el.parentElement?.closest(parts)
  return part ? [part, ...partsOf(part)] : []
}

/** What is there on every page; a phone's list of rooms has neither. */
const elsewhere = ['#messages', '#composer', 'nav a', 'main'] as const

const isLost = (el: Element | null): boolean => el === null || el === document.body
const mayHold = (el: HTMLElement): boolean =>
  el.isConnected && !el.matches(':disabled') && el.closest('[inert]') === null && el.checkVisibility()

export function useKeptFocus(): void {
  let held: Element | undefined
  let places: HTMLElement[] = []
  let around: { part: Element; at: number }[] = []
  /** The person has taken the focus away, by a click on nothing for example. */
  let hasLeft = false
  const focused = (event: FocusEvent): void => {
    if (!(event.target instanceof Element)) return
    held = event.target
    hasLeft = false
    // A menu or a dialog closes by itself; what had the focus before it is what counts then.
    const isOver = held.closest('[role=menu], [role=dialog]') !== null
    places = isOver ? [...placesOf(held), ...places] : placesOf(held)
    if (!isOver)
      around = partsOf(held).map((part) => ({ part, at: stopsIn(part).findIndex((el) => el === held) }))
  }

  /** Trap: an element that is removed blurs as well, and whether it is put in again shows only afterwards. */
  const blurred = ({ target }: FocusEvent): void =>
    void setTimeout(() => (hasLeft ||= held === target && isLost(document.activeElement)))

  function restore(): void {
    const isGone = held !== undefined && (!held.isConnected || held.matches(':disabled'))
    if (!isGone || !(isLost(document.activeElement) || document.activeElement === held)) return
    const known = elsewhere.flatMap((place) => document.querySelector<HTMLElement>(place) ?? [])
    const left = around.find(({ part }) => part.isConnected && part.checkVisibility())
    const stops = left === undefined ? [] : stopsIn(left.part)
    const at = Math.max(0, left?.at ?? 0)
    const beside = [...stops.slice(at), ...stops.slice(0, at).reverse()]
    const next = [...places, ...beside, ...known].find(mayHold)
    next?.focus({ preventScroll: true })
  }

  /** Trap: a menu or a dialog gives the focus back itself, a moment after it is gone. */
  function check(changes: MutationRecord[]): void {
    if (held === undefined) return
    if (held.isConnected && !held.matches(':disabled')) return keepMoved(held, changes)
    if (held.closest('[role=menu], [role=dialog]') === null) restore()
    else setTimeout(() => requestAnimationFrame(restore))
  }

  /** A row that moves is taken out and put in again, which takes the focus from what is in it. */
  function keepMoved(held: Element, changes: MutationRecord[]): void {
    if (hasLeft || !isLost(document.activeElement) || !(held instanceof HTMLElement)) return
    const isMoved = changes.some(({ removedNodes }) => [...removedNodes].some((node) => node.contains(held)))
    if (isMoved) held.focus({ preventScroll: true })
  }

  const removals = new MutationObserver(check)
  removals.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  document.addEventListener('focusin', focused)
  document.addEventListener('focusout', blurred)
  onScopeDispose(() => {
    removals.disconnect()
    document.removeEventListener('focusin', focused)
    document.removeEventListener('focusout', blurred)
  })
}
