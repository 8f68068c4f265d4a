// The request that somebody has made in this browser, so that they find it again.
const key = 'brook.request'

/** Private windows may have no storage: then the address of the page is all there is. */
export function keptRequest(): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

export function keepRequest(code: string | undefined): void {
  try {
    if (code === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, code)
  } catch {
    // As above.
  }
}

/** The address of the page that waits; without a code, of the form. */
export const requestPath = (code = 'new'): string => `/ask#${code}`
