// Where a menu or the emoji picker of a message opens: at the button that was pressed, at the pointer, or, by a key, at
// the message's own bar.

/** Anything with a place on screen. */
export interface Anchor {
  getBoundingClientRect: () => DOMRect
}

export const anchorIn = (message: Element): Anchor =>
  message.querySelector('[role=toolbar]') ?? message.querySelector('[data-words]') ?? message

export const anchorAt = ({ clientX, clientY }: MouseEvent): Anchor => ({
  getBoundingClientRect: () => new DOMRect(clientX, clientY, 0, 0),
})
