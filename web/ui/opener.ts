// Which element gets the focus when a dialog closes: the one that opened it or, if that is gone by then, the one that
// opened that.

const openers = new WeakMap<Element, HTMLElement[]>()

/** All elements that led to the focused one, nearest first. */
export function openersOf(at: Element | null): HTMLElement[] {
  if (!(at instanceof HTMLElement) || at === document.body) return []
  // A menu item is gone when the dialog closes; a menu is labelled by the button that opened it.
  const menu = at.closest('[role=menu]')
  const button = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : at
  const dialog = at.closest('[role=dialog]')
  return [...(button ? [button] : []), ...((dialog && openers.get(dialog)) ?? [])]
}

/** A dialog has opened, and these elements led to it. */
export const keepOpeners = (dialog: Element, chain: HTMLElement[]): void => void openers.set(dialog, chain)
