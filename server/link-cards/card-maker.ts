// A link becomes a card: its page is asked once, and what it said, or that it said nothing, is remembered for a while by all servers.
import { createHash } from 'node:crypto'
import type { Db } from '../db.ts'
import { linkCardLimits } from '../protocol/link-card-limits.ts'
import type { CardImage, LinkCard } from '../protocol/link-cards.ts'
import type { Pictures } from '../pictures/pictures.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import { within } from '../within.ts'
import { guardedGet, refusedBy, type Guard, type Miss } from './page/guarded-get.ts'
import { isPicture, readPage, type Page } from './page/page.ts'
import type { CardPictures } from './pictures/card-pictures.ts'
import { picturesOf } from './pictures/card-pictures.ts'

export type MadeOf = Miss | 'empty' | 'made' | 'remembered'

export interface CardMakerDeps {
  db: Db
  pictures: CardPictures
  /** Makes small pictures of large ones. */
  making: Pick<Pictures, 'make'>
  mayBePrivate: boolean
  /** By host, and by whoever has sent the link. */
  paces: { site: RateLimiter; person: RateLimiter }
  onMade: (outcome: MadeOf) => void
}

/** What is asked for one person. */
export interface CardQuery {
  link: string
  person: string
  isBlocked: Guard['isBlocked']
  signal: AbortSignal
}

/** A card without the link by which it was found. */
type Kept = Omit<LinkCard, 'link'>

export class CardMaker {
  readonly #deps: CardMakerDeps
  /** Pages that are being asked, by their addresses. */
  readonly #asking = new Map<string, Promise<Kept | undefined>>()

  constructor(deps: CardMakerDeps) {
    this.#deps = deps
  }

  /** Undefined: there is none. `waitMs`: it is asked too often, and may be asked again then. */
  async make({
    link,
    person,
    isBlocked,
    signal,
  }: CardQuery): Promise<LinkCard | { waitMs: number } | undefined> {
    const url = addressOf(link)
    const guard = { mayBePrivate: this.#deps.mayBePrivate, isBlocked }
    if (url === undefined || refusedBy(guard, url)) {
      this.#deps.onMade('refused')
      return undefined
    }
    const known = await this.#recall(url)
    if (known !== undefined) {
      this.#deps.onMade('remembered')
      return known === 'nothing' ? undefined : { link, ...known }
    }
    const asking = this.#asking.get(url.href)
    if (asking === undefined) {
      const waitMs = this.#paced(url, person)
      if (waitMs > 0) return { waitMs }
    }
    const card = await (asking ?? this.#ask(guard, url, signal))
    return card && { link, ...card }
  }

  #paced({ hostname }: URL, person: string): number {
    const { site, person: own } = this.#deps.paces
    const waitMs = own.wait(person)
    return waitMs > 0 ? waitMs : site.take(hostname) || own.take(person)
  }

  #ask(guard: Guard, url: URL, signal: AbortSignal): Promise<Kept | undefined> {
    const asking = this.#fetch(guard, url, signal).finally(() => this.#asking.delete(url.href))
    this.#asking.set(url.href, asking)
    return asking
  }

  async #fetch(guard: Guard, url: URL, signal: AbortSignal): Promise<Kept | undefined> {
    const page = await readPage(guard, url, signal)
    signal.throwIfAborted()
    this.#deps.onMade(typeof page === 'string' ? page : 'made')
    const card = typeof page === 'string' ? undefined : await this.#withPictures(guard, page, signal)
    signal.throwIfAborted()
    await this.#remember(url, card)
    return card
  }

  async #withPictures(guard: Guard, page: Page, outer: AbortSignal): Promise<Kept> {
    const { image: imageAt, icon: iconAt, ...words } = page
    const [image, icon] = await within(linkCardLimits.image.ms, outer, (ends) =>
      Promise.all([this.#picture(guard, imageAt, 'image', ends), this.#picture(guard, iconAt, 'icon', ends)]),
    )
    return { ...words, ...(image && { image }), ...(icon && { icon: icon.hash }) }
  }

  async #picture(
    guard: Guard,
    at: string | undefined,
    as: 'image' | 'icon',
    signal: AbortSignal,
  ): Promise<CardImage | undefined> {
    if (at === undefined) return undefined
    const got = await guardedGet(guard, {
      url: new URL(at),
      accept: 'image/webp, image/png, image/jpeg, image/gif',
      bytes: linkCardLimits[as].bytes,
      isNeededWhole: true,
      wants: isPicture,
      signal,
    })
    if (typeof got === 'string') return undefined
    const { widthPx: width, heightPx: height, smallestPx } = linkCardLimits[as]
    // All links take one person's turn: nobody who uploads a picture waits for them.
    const task = { source: got.bytes, width, height, fit: 'inside' } as const
    const outcome = await this.#deps.making.make('link-cards', task, signal)
    if ('failure' in outcome) return undefined
    const { done: made } = outcome
    // A smaller one shows nothing, and may be there to count readers.
    if (Math.min(made.width, made.height) < smallestPx) return undefined
    return { hash: await this.#deps.pictures.keep(made.bytes), width: made.width, height: made.height }
  }

  /** `nothing`: it was asked of late, and there is no card. */
  async #recall(url: URL): Promise<Kept | 'nothing' | undefined> {
    const { db, pictures } = this.#deps
    const [row] = await db.rows<{ card: string | null }>(
      'SELECT card FROM link_pages WHERE hash = ? AND until_ms > ?',
      [hashOf(url), Date.now()],
    )
    if (row === undefined) return undefined
    if (row.card === null) return 'nothing'
    const card = JSON.parse(row.card) as Kept
    return (await pictures.stillHas(picturesOf(card))) ? card : undefined
  }

  async #remember(url: URL, card: Kept | undefined): Promise<void> {
    const { page, nothing } = linkCardLimits.rememberedMs
    const until = Date.now() + (card === undefined ? nothing : page)
    await this.#deps.db.run(
      `INSERT INTO link_pages (hash, card, until_ms) VALUES (?)
       ON DUPLICATE KEY UPDATE card = VALUES(card), until_ms = VALUES(until_ms)`,
      [[hashOf(url), card === undefined ? null : JSON.stringify(card), until]],
    )
  }
}

/** Removes what was remembered long enough, a bounded number of rows at a time. */
export async function forgetPages(db: Db, now: number = Date.now()): Promise<void> {
  await db.run('DELETE FROM link_pages WHERE until_ms <= ? LIMIT 10000', [now])
}

const hashOf = ({ href }: URL): Buffer => createHash('sha256').update(href).digest()

/** Without what only a browser reads of it. */
function addressOf(link: string): URL | undefined {
  if (link.length > linkCardLimits.linkChars || !URL.canParse(link)) return undefined
  const url = new URL(link)
  url.hash = ''
  return url
}
