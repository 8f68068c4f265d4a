// Runs work that nobody waits for when the page has loaded and is idle.
export function whenIdle(work: () => unknown): void {
  // Limit: Safari has no idle callbacks; there it runs right after the page has loaded.
  const idle = () => ('requestIdleCallback' in window ? requestIdleCallback(() => void work()) : void work())
  if (document.readyState === 'complete') idle()
  else window.addEventListener('load', idle, { once: true })
}
