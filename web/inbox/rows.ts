// The row beside the one that has the focus, in a list of the inbox; the first, where none has it.
export function besideIn(screen: EventTarget | null, step: 1 | -1): HTMLElement | undefined {
  if (!(screen instanceof HTMLElement)) return undefined
  const rows = [...screen.querySelectorAll<HTMLElement>('[data-inbox]')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = at < 0 ? rows[0] : rows[at + step]
  return next?.querySelector<HTMLElement>('a[href]') ?? undefined
}
