// How tall the cards of a message are before they are drawn, in pixels; a picture beside the words, or below them. Pure.
import type { CardImage, LinkCard } from '../../server/protocol/link-cards.ts'

/** Large and not upright: it is worth its own place. */
export const isWide = ({ width, height }: CardImage): boolean => width >= 320 && width >= 1.2 * height

const [border, head, maxWidth, maxPicture, gap] = [14, 28, 512, 288, 6]

/** `listWidth`: of the list that has the message. */
export function cardsHeight(cards: readonly LinkCard[] | undefined, listWidth: number): number {
  if (cards === undefined || cards.length === 0) return 0
  const width = Math.min(maxWidth, listWidth - 84) - 26
  const perLine = Math.max(20, Math.floor(width / 7))
  return cards.reduce((sum, card) => sum + cardHeight(card, width, perLine) + gap, 2)
}

function cardHeight({ title, description = '', image }: LinkCard, width: number, perLine: number): number {
  const lines = (text: string, most: number): number => Math.min(most, Math.ceil(text.length / perLine))
  const words = lines(title, 2) * 22 + (description === '' ? 0 : 2 + lines(description, 3) * 20)
  if (image === undefined) return border + head + words + 6
  if (!isWide(image)) return border + head + Math.max(72, words) + 6
  return border + head + words + 8 + Math.min(maxPicture, (width * image.height) / image.width) + 6
}
