// How a hostile page is written down.
export interface HostilePage {
  name: string
  bytes: Buffer
  type?: string
  /** What a card of it says; undefined: there is none. Missing fields are not looked at. */
  card: { title?: string; description?: string; site?: string; image?: string | undefined } | undefined
}

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
