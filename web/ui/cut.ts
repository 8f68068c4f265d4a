// A tooltip for a text that is cut, and for no other: `@pointerenter="titleIfCut"` on the element with `truncate`.
export function titleIfCut({ currentTarget: at }: Event): void {
  if (!(at instanceof HTMLElement)) return
  if (at.scrollWidth > at.clientWidth) at.title = at.textContent.trim()
  else at.removeAttribute('title')
}
