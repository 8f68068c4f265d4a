// The sites that a text names, as `host` rules mean them: where its links lead, and names of sites as they are typed.
import { isHeavy, partsIn, treeOf } from './tree.ts'

/** A host as it is compared, of a name or an address that somebody typed; undefined: it is none. */
export function cleanHost(raw: string): string | undefined {
  const bare = raw
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//iu, '')
    .replace(/[/?#].*$/su, '')
    .replace(/^\*?\./u, '')
  const host = hostOf(`http://${bare}`)
  return host !== undefined && /^[^.]+(?:\.[^.]+)+$/u.test(host) ? host : undefined
}

function hostOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const { hostname } = new URL(address)
  return hostname === '' ? undefined : hostname.replace(/\.$/u, '').toLowerCase()
}

/** Runs of letters, digits and hyphens with dots between them, in any script. */
const typed = /[\p{L}\p{N}\p{M}-]+(?:[.。．｡][\p{L}\p{N}\p{M}-]+)+/gu

/** Each once. Also what stands in code: people read it there. */
export function hostsIn(text: string): string[] {
  // In a link its dots may be written as %2e.
  if (!/[.。．｡%]/u.test(text)) return []
  const hosts = new Set<string>()
  const add = (host: string | undefined): unknown => host !== undefined && hosts.add(host)
  for (const [found] of text.matchAll(typed)) add(hostOf(`http://${found}`))
  if (!isHeavy(text))
    for (const part of partsIn(treeOf(text)))
      if (part.is === 'link') add(hostOf(part.to.startsWith('//') ? `http:${part.to}` : part.to))
  return [...hosts]
}

/** Whether a host is this one or below it. */
export const isWithin = (host: string, parent: string): boolean =>
  host === parent || host.endsWith(`.${parent}`)
