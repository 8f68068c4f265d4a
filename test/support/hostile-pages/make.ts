// How a hostile page is written down. Apart, so that the lists do not import each other.
import type { HostilePage } from './pages.ts'

export const page = (name: string, html: string, card: HostilePage['card'], type?: string): HostilePage => ({
  name,
  bytes: Buffer.from(html),
  card,
  ...(type === undefined ? {} : { type }),
})

/** A head with a title that is fine, and more. */
export const withTitle = (head: string): string => `<html><head><title>Fine</title>${head}</head></html>`

export const meta = (property: string, content: string): string =>
  `<meta property="${property}" content="${content}">`
