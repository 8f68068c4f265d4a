// The cards of a message as they are shown: those of pages, and messages of this Brook that it leads to. Pure.
import { isOff } from '../../server/protocol/entries/carded.ts'
import type { LinkCard } from '../../server/protocol/link-cards.ts'
import type { MessageLine } from '../conversation/lines/line.ts'
import { ownLinksOf, type OwnLink } from './own-links.ts'

export interface ShownCards {
  pages: readonly LinkCard[]
  own: readonly OwnLink[]
}

type Carded = Pick<MessageLine, 'text' | 'cards' | 'cardsOff' | 'forwarded'>

export const shownCards = (line: Carded, origin: string): ShownCards => ({
  pages: line.cards ?? [],
  // What it forwards is shown once.
  own: ownLinksOf(line.text, origin).filter(
    ({ link, place }) =>
      !isOff(line, link) && (line.forwarded?.room !== place.room || line.forwarded.seq !== place.seq),
  ),
})

/** The links whose cards can be removed. */
export const cardedLinks = (line: Carded, origin: string): string[] => {
  const { pages, own } = shownCards(line, origin)
  return [...pages, ...own].map(({ link }) => link)
}
