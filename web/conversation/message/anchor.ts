// Where a menu or the emoji picker of a message opens: at the button that was pressed, at the pointer, or, by a key, at
// the message's own bar.

/** Anything with a place on screen. */
export interface Anchor {
  getBoundingClientRect: () => DOMRect
}

/** Stays where the element was last, if it is gone: the bar goes while its menu is open. */
export function anchorOn(el: Element): Anchor {
  let last = el.getBoundingClientRect()
  return {
    getBoundingClientRect: () => {
      if (el.isConnected) last = el.getBoundingClientRect()
      return last
    },
  }
}

export const anchorIn = (message: Element): Anchor =>
  anchorOn(message.querySelector('[role=toolbar]') ?? message.querySelector('[data-words]') ?? message)

export const anchorAt = ({ clientX, clientY }: MouseEvent): Anchor => ({
  getBoundingClientRect: () => new DOMRect(clientX, clientY, 0, 0),
})
