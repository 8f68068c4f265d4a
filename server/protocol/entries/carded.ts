// What the pages that a message leads to say about themselves, fetched once by the server: `carded` has all cards that the text
// of the message has from then on, and `uncarded` removes the one of a link, for good. The `user` of `carded` is the author.
import type { SpokenMessage } from '../http.ts'
import type { LinkCard } from '../link-cards.ts'
import { linkCardLimits } from '../link-card-limits.ts'
import { changeOf, type Change, type ChangeKind, type RawBody } from './kind.ts'

export interface CardedEvent extends Change {
  type: 'carded'
  cards: LinkCard[]
}

export interface UncardedEvent extends Change {
  type: 'uncarded'
  link: string
}

/** Of `cardsOff`: the cards of all links, because so many were removed. */
const allOff = '*'

export const carded: ChangeKind<CardedEvent> = {
  makes: 'change',
  words: 'kept',
  state: ['cards'],
  blank: (event) => ({ ...event, cards: [] }),
  parse(common, { target, cards = [] }) {
    const change = changeOf('carded', common, { target })
    if (typeof change === 'string') return change
    return Array.isArray(cards) && cards.every(isCard) ? { ...change, cards } : 'bad cards'
  },
  fold: (message, { cards }) => withCards(message, cards),
}

export const uncarded: ChangeKind<UncardedEvent> = {
  makes: 'change',
  words: 'kept',
  state: ['cards', 'cardsOff'],
  blank: (event) => ({ ...event, link: '' }),
  parse(common, { target, link = '' }) {
    const change = changeOf('uncarded', common, { target })
    if (typeof change === 'string') return change
    return typeof link === 'string' ? { ...change, link } : 'a bad link'
  },
  fold(message, { link }) {
    if (link === '' || isOff(message, link)) return message
    const links = [...(message.cardsOff ?? []), link]
    const cardsOff = links.length > linkCardLimits.removed ? [allOff] : links
    return withCards({ ...message, cardsOff }, message.cards ?? [])
  },
}

/** Its card was removed. */
export const isOff = ({ cardsOff }: Pick<SpokenMessage, 'cardsOff'>, link: string): boolean =>
  cardsOff?.some((off) => off === link || off === allOff) === true

function withCards(message: SpokenMessage, cards: readonly LinkCard[]): SpokenMessage {
  const { cards: _before, ...rest } = message
  const shown = cards.filter(({ link }) => !isOff(message, link))
  return shown.length === 0 ? rest : { ...rest, cards: shown }
}

const isText = (raw: unknown): boolean => typeof raw === 'string'
const isMissingOr = (is: (raw: unknown) => boolean, raw: unknown): boolean => raw === undefined || is(raw)

function isCard(raw: unknown): raw is LinkCard {
  if (typeof raw !== 'object' || raw === null) return false
  const { link, site, title, description, icon, image } = raw as RawBody
  return (
    [link, site, title].every(isText) &&
    [description, icon].every((one) => isMissingOr(isText, one)) &&
    isMissingOr(isImage, image)
  )
}

function isImage(raw: unknown): boolean {
  if (typeof raw !== 'object' || raw === null) return false
  const { hash, width, height } = raw as RawBody
  return isText(hash) && [width, height].every((one) => Number.isSafeInteger(one) && Number(one) > 0)
}
