// Which requests the service worker answers, and with what. Pure: what it keeps is in shell.ts.
import { isPageOfApp, sharePath } from '../../server/protocol/web-pages.ts'

/**
 * `page`: the app's page. `file`: of the build. `picture`: a small one, from the server. `shared`: what another app shares.
 * `network`: not our business.
 */
export type Answer = 'page' | 'file' | 'picture' | 'shared' | 'network'

export interface Asked {
  method: string
  url: string
  /** As a request has it: `navigate` for a page. */
  mode: string
}

/** Faces, the icon of the workspace, its own emoji, previews of files. */
const pictures =
  /^\/api\/(?:people\/\d+\/avatar|workspace\/picture|emoji\/\d+\/image|files\/[\w-]+\/preview|rooms\/\d+\/picture)$/

/** `first`: the paths that are kept from the beginning. */
export function answerOf({ method, url, mode }: Asked, origin: string, first: ReadonlySet<string>): Answer {
  const address = new URL(url)
  if (address.origin !== origin) return 'network'
  const { pathname } = address
  const isNavigation = mode === 'navigate'
  if (method === 'POST') return isNavigation && pathname === sharePath ? 'shared' : 'network'
  if (method !== 'GET') return 'network'
  if (isNavigation) return isPageOfApp(pathname) ? 'page' : 'network'
  if (pictures.test(pathname)) return 'picture'
  return pathname.startsWith('/assets/') || first.has(pathname) ? 'file' : 'network'
}

/** Whether the server need not be asked whether a file is still the same: its name says what is in it. */
export const isForEver = (path: string): boolean => path.startsWith('/assets/')

/** `/assets/InboxPage-Bx8d_1aQ.js`: InboxPage.js, in every build. */
const stemOf = (path: string): string => path.replace(/-[\w-]{8}(?=\.\w+$)/, '')

/** What somebody has used in a former build, as it is called in this one: without a network they find it again. */
export function carriedOver(used: readonly string[], later: readonly string[]): string[] {
  const stems = new Set(used.map(stemOf))
  return later.filter((path) => stems.has(stemOf(path)))
}

/** Whoever reloads twice in a row wants what the server has now. */
export const insistsWithinMs = 5_000

const keptFormer = 2

/**
 * Which caches go. `all`: of builds, the oldest first. While a page is open, it may still ask for parts of the build that it was
 * opened with; older ones it gets from the server.
 */
export function outdated(all: readonly string[], own: string, isAnyOpen: boolean): string[] {
  const former = all.filter((name) => name !== own)
  return isAnyOpen ? former.slice(0, -keptFormer) : former
}
