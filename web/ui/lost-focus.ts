// Where the focus goes when its element is taken away: a button that removed itself, a room that one was removed from, a
// page that was left. Without this it falls to the body, and a keyboard or a screen reader begins at the top again.
import { onScopeDispose } from 'vue'

/** Dialogs and menus give the focus back themselves, within this time. */
const waitMs = 60
const stops =
  'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select, [tabindex]:not([tabindex="-1"])'

/** A list, a bar, a pane: what is beside the lost element in one of these is near. */
const places = 'ul, ol, nav, header, form, aside, section, [role=toolbar], [role=group], [role=dialog]'

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body
const isShown = (el: HTMLElement): boolean => el.getClientRects().length > 0 && el.closest('[inert]') === null

export function useLostFocus(): void {
  /** The element that had the focus last, and what it stood in, innermost first. */
  let last: HTMLElement[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  const remember = ({ target }: FocusEvent): void => {
    last = []
    for (let at = target; at instanceof HTMLElement && at !== document.body; at = at.parentElement)
      last.push(at)
  }

  function look(): void {
    const [was] = last
    if (timer !== undefined || was === undefined || (was.isConnected && isShown(was)) || !isLost()) return
    timer = setTimeout(() => {
      timer = undefined
      if (isLost()) focusNear(last)
    }, waitMs)
  }

  const observer = new MutationObserver(look)
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ['class', 'style', 'hidden'],
  })
  document.addEventListener('focusin', remember)
  onScopeDispose(() => {
    observer.disconnect()
    document.removeEventListener('focusin', remember)
    clearTimeout(timer)
  })
}

/** The nearest place that is left: something beside it in the same list, bar or pane; else the page's main part. */
function focusNear(chain: readonly HTMLElement[]): void {
  const place = chain.find((el) => el.matches(places) && el.isConnected && isShown(el))
  const near = place && [...place.querySelectorAll<HTMLElement>(stops)].find(isShown)
  // A phone's keyboard does not open unasked.
  const isFine = matchMedia('(pointer: fine)').matches
  const others = [isFine ? '#composer' : '', '#messages', 'main'].filter((selector) => selector !== '')
  const found = others.map((selector) => document.querySelector<HTMLElement>(selector))
  const target = near ?? found.find((el) => el !== null && isShown(el))
  if (target === undefined || target === null) return
  if (target.tabIndex < 0 && !target.hasAttribute('tabindex')) target.tabIndex = -1
  target.focus({ preventScroll: true })
}
