// What nobody waits for is done when the page has come, and has nothing else to do.
export function whenIdle(work: () => unknown): void {
  // Limit: Safari knows no idle callbacks; there it follows the page at once.
  const idle = () => ('requestIdleCallback' in window ? requestIdleCallback(() => void work()) : void work())
  if (document.readyState === 'complete') idle()
  else window.addEventListener('load', idle, { once: true })
}
