// A stylesheet that comes with code that is loaded late: the one of all pages has no rule that only a few need.
const loading = new Map<string, Promise<void>>()

/** Resolves when it applies; also if it could not be loaded, because what it styles can be used without it. */
export function loadStyle(href: string): Promise<void> {
  const before = loading.get(href)
  if (before !== undefined) return before
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = href
  const done = new Promise<void>((resolve) => {
    link.onload = () => resolve()
    link.onerror = () => {
      loading.delete(href)
      link.remove()
      resolve()
    }
  })
  loading.set(href, done)
  document.head.append(link)
  return done
}
