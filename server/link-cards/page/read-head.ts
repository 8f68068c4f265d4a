// What a page says about itself in its head: Open Graph, then Twitter's names, then the plain ones. Nothing of it is ever shown as
// HTML. Pure, and bounded by the bytes that were read and by the tags that are looked at.
import { Parser } from 'htmlparser2'
import { linkCardLimits } from '../../protocol/link-card-limits.ts'
import { cleanWords } from './clean.ts'

export interface PageHead {
  title: string | undefined
  description: string | undefined
  site: string | undefined
  /** Addresses, http or https. */
  image: string | undefined
  icon: string | undefined
}

/** Tags that are looked at: the heads of real pages have some two hundred. */
const maxTags = 5_000
/** Characters of one value that are kept. */
const maxChars = 8_192

type Found = Map<string, string>

/** `from`: the address at which the page was found. */
export function readHead(html: string, from: URL): PageHead {
  const { metas, title, icons, base } = parse(html)
  const first = (...names: string[]): string | undefined => names.map((name) => metas.get(name)).find(Boolean)
  const at = addressOf(base, from)?.href ?? from.href
  const toAddress = (raw: string | undefined): string | undefined =>
    raw === undefined ? undefined : addressOf(raw, new URL(at))?.href
  const { titleChars, descriptionChars, siteChars } = linkCardLimits
  return {
    title: cleanWords(first('og:title', 'twitter:title') ?? title, titleChars),
    description: cleanWords(first('og:description', 'twitter:description', 'description'), descriptionChars),
    site: cleanWords(first('og:site_name', 'application-name'), siteChars),
    image: toAddress(
      first('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src'),
    ),
    icon: toAddress(icons.get('apple-touch-icon') ?? icons.get('icon')),
  }
}

interface Parsed {
  metas: Found
  icons: Found
  title: string | undefined
  base: string | undefined
}

function parse(html: string): Parsed {
  const found: Parsed = { metas: new Map(), icons: new Map(), title: undefined, base: undefined }
  let [tags, isInTitle, isForeign] = [0, false, 0]
  const stop = (): void => parser.pause()
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        tags += 1
        if (name === 'body' || tags > maxTags) return stop()
        if (name === 'svg' || name === 'math') isForeign += 1
        if (isForeign > 0) return
        isInTitle = name === 'title' && found.title === undefined
        if (isInTitle) found.title = ''
        if (name === 'meta') keepMeta(found.metas, attributes)
        else if (name === 'link') keepIcon(found.icons, attributes)
        else if (name === 'base') found.base ??= attributes['href']
      },
      ontext(text) {
        if (isInTitle && (found.title?.length ?? 0) < maxChars) found.title += text.slice(0, maxChars)
      },
      onclosetag(name) {
        if (name === 'title') isInTitle = false
        if (name === 'svg' || name === 'math') isForeign = Math.max(0, isForeign - 1)
        if (name === 'head') stop()
      },
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  )
  parser.end(html)
  return found
}

/** The first that says something stands. */
function keepMeta(metas: Found, { property, name, content }: Record<string, string>): void {
  const key = (property ?? name ?? '').trim().toLowerCase()
  if (key === '' || key.length > 64 || content === undefined || content.trim() === '' || metas.has(key))
    return
  metas.set(key, content.slice(0, maxChars))
}

/** Pictures that this server can read: no ICO, and no SVG. */
function keepIcon(icons: Found, { rel = '', href, type = '' }: Record<string, string>): void {
  if (href === undefined || href.trim() === '' || /svg|icon\b.*ico/i.test(type)) return
  if (/\.(?:svg|ico)(?:[?#]|$)/i.test(href)) return
  for (const name of rel.toLowerCase().split(/\s+/)) if (!icons.has(name)) icons.set(name, href)
}

function addressOf(raw: string | undefined, base: URL): URL | undefined {
  const trimmed = raw?.trim()
  if (trimmed === undefined || trimmed === '' || trimmed.length > linkCardLimits.linkChars) return undefined
  if (!URL.canParse(trimmed, base.href)) return undefined
  const url = new URL(trimmed, base.href)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined
}
