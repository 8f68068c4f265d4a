// A text as the stretches that were looked for and those between; of a long one the part around the first. Pure.
import { plainOf } from '../text/plain.ts'

type Range = readonly [from: number, to: number]

export interface Stretch {
  text: string
  isFound: boolean
}

/** Units shown of a text: three lines on a wide screen. The first stretch that was found is a third of the way in. */
const shownMost = 280

/**
 * A message as one reads it. Where something that was found is not to be read there, for it stands in a spoiler or
 * across marks, the message is as it was written: what one looked for is shown.
 */
export function found(written: string, ranges: readonly Range[]): Stretch[] {
  const plain = plainOf(written)
  const pieces = new Set(ranges.map(([from, to]) => written.slice(from, to)))
  pieces.delete('')
  const places = [...pieces].map((piece) => placesOf(plain, piece))
  return places.some(({ length }) => length === 0)
    ? stretches(written, ranges)
    : stretches(
        plain,
        places.flat().sort(([a], [b]) => a - b),
      )
}

/** Where a piece stands in a text and is no part of a longer word. */
function placesOf(text: string, piece: string): Range[] {
  const places: Range[] = []
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) {
    const to = at + piece.length
    if (!isOneWord(text, at) && !isOneWord(text, to)) places.push([at, to])
  }
  return places
}

const spaced = /^(?!\p{Ll}\p{Lu})(?:(?:(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}])\p{L}){2}|\p{N}{2})$/u

/** What is before and after this place belongs to one word of a script that has spaces. */
const isOneWord = (text: string, at: number): boolean => at > 0 && spaced.test(text.slice(at - 1, at + 1))

function stretches(text: string, ranges: readonly Range[]): Stretch[] {
  const first = ranges[0]?.[0] ?? 0
  const start = text.length <= shownMost ? 0 : wordAt(text, Math.max(0, first - shownMost / 3))
  const end = Math.min(text.length, start + shownMost)
  const pieces: Stretch[] = start > 0 ? [{ text: '… ', isFound: false }] : []
  let at = start
  for (const [from, to] of ranges) {
    if (to <= at || from >= end) continue
    if (from > at) pieces.push({ text: text.slice(at, from), isFound: false })
    pieces.push({ text: text.slice(Math.max(at, from), Math.min(to, end)), isFound: true })
    at = Math.min(to, end)
  }
  if (at < end) pieces.push({ text: text.slice(at, whole(text, end)), isFound: false })
  if (end < text.length) pieces.push({ text: ' …', isFound: false })
  return pieces
}

/** The beginning of the next word, if one is near; never half of a character. */
function wordAt(text: string, near: number): number {
  const from = Math.floor(near)
  const space = text.slice(from, from + 20).search(/\s/)
  return whole(text, space < 0 ? from : from + space + 1)
}

const whole = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at)
