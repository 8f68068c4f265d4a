// What is to have the focus when a dialog closes: what opened it or, where that is gone by then, what opened that.

const openers = new WeakMap<Element, HTMLElement[]>()

/** Everything that led to what has the focus, nearest first. */
export function openersOf(at: Element | null): HTMLElement[] {
  if (!(at instanceof HTMLElement) || at === document.body) return []
  // A line of a menu is gone when the dialog closes; a menu names the button that opened it as its label.
  const menu = at.closest('[role=menu]')
  const button = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : at
  const dialog = at.closest('[role=dialog]')
  return [...(button ? [button] : []), ...((dialog && openers.get(dialog)) ?? [])]
}

/** A dialog has opened, and this led to it. */
export const keepOpeners = (dialog: Element, chain: HTMLElement[]): void => void openers.set(dialog, chain)
