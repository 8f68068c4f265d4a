// A link of the scheme that the installed app opens: web+brook://chat.example.org/rooms/7/12. Pure.
import { linkScheme } from '../../server/protocol/web-pages.ts'

export type Opened = { path: string } | { elsewhere: string } | 'unreadable'

/** Undefined: it is none. */
export function readAddress(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}

/** `host`: of this Brook. A link without one, web+brook:/rooms/7, is of whichever Brook opens it. */
export function openLink(link: string, host: string): Opened {
  const rest = link.startsWith(`${linkScheme}:`) ? link.slice(linkScheme.length + 1) : undefined
  const address = rest === undefined ? undefined : readAddress(rest, `https://${host}`)
  if (address?.protocol !== 'https:' || address.username !== '') return 'unreadable'
  if (address.host !== host) return { elsewhere: address.host }
  return { path: address.pathname + address.search + address.hash }
}
