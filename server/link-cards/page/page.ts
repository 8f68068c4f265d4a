// A page as a card is made of it: what its head says, and where its pictures are.
import { linkCardLimits } from '../../protocol/link-card-limits.ts'
import { cleanWords } from './clean.ts'
import { decodePage } from './decode.ts'
import { guardedGet, type Guard, type Miss } from './guarded-get.ts'
import { readHead } from './read-head.ts'
import { within } from '../../within.ts'

export interface Page {
  site: string
  title: string
  description?: string
  /** Addresses. */
  image?: string
  icon?: string
}

const { page, siteChars, titleChars } = linkCardLimits
const isPage = (type: string): boolean => /^(?:text\/html|application\/xhtml\+xml)\b/i.test(type.trim())
export const isPicture = (type: string): boolean => /^image\/(?:jpeg|png|webp|gif)\b/i.test(type.trim())
const headEnds = /<\/head[\s>]|<body[\s>]/i

/** The end of the head may stand across two pieces. */
const isEnough = (chunk: Buffer, before: Buffer | undefined): boolean =>
  headEnds.test(Buffer.concat([before?.subarray(-8) ?? Buffer.alloc(0), chunk]).toString('latin1'))

/** `empty`: it says nothing that a card could show. Never throws. */
export async function readPage(guard: Guard, url: URL, signal: AbortSignal): Promise<Page | Miss | 'empty'> {
  const got = await within(page.ms, signal, (ends) =>
    guardedGet(guard, {
      url,
      accept: 'text/html, application/xhtml+xml;q=0.9, image/*;q=0.5',
      bytes: page.bytes,
      wants: (type) => isPage(type) || isPicture(type),
      isEnough,
      signal: ends,
    }),
  )
  if (typeof got === 'string') return got
  if (isPicture(got.type)) return pictureItself(got.url)
  const head = readHead(decodePage(got.bytes, got.type), got.url)
  if (head.title === undefined) return 'empty'
  const { title, description, image, icon } = head
  return {
    site: head.site ?? hostOf(got.url),
    title,
    ...(description !== undefined && description !== title && { description }),
    ...(image !== undefined && { image }),
    ...(icon !== undefined && { icon }),
  }
}

/** A link to a picture shows it, under the name of the file. */
function pictureItself(url: URL): Page {
  const name = url.pathname.split('/').at(-1) ?? ''
  const title = cleanWords(decoded(name), titleChars) ?? hostOf(url)
  return { site: hostOf(url), title, image: url.href }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** As it is compared, in ASCII: a name that looks like another one is seen as what it is. */
const hostOf = ({ host }: URL): string =>
  cleanWords(host.replace(/^www\./, ''), siteChars) ?? host.slice(0, siteChars)
