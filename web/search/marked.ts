// A text as its matches and the stretches between them; of a long one the part around the first match. Pure.
import { apart, needleOf, placesOf, type Range } from '../../server/protocol/find.ts'
import { fold } from '../../server/protocol/fold.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Word } from '../../server/protocol/query.ts'
import { plainOf } from '../text/plain.ts'

export interface Stretch {
  text: string
  isFound: boolean
}

/** Characters of a text that are shown: three lines on a wide screen. */
const maxShown = 280
/** Columns before the first match, Chinese characters taking two: it is within two lines, on a phone within three. */
const maxBefore = 90

/**
 * A message in readable form, with the words that were searched for. If a word would not be visible there, because it is
 * in a spoiler or across marks, the message is shown as it was typed, with the `ranges` that the server found.
 */
export function found(written: string, ranges: readonly Range[], words: readonly Word[]): Stretch[] {
  const plain = plainOf(written)
  const folded = fold(plain)
  const places = words.map((word) => placesOf(folded, needleOf(word), limits.search.ranges))
  return places.some(({ length }) => length === 0)
    ? stretches(written, ranges)
    : stretches(plain, apart(places.flat()))
}

/** A line of words, such as the names of files, with those that were searched for; not all of them need be in it. */
export function markedLine(line: string, words: readonly Word[]): Stretch[] {
  const folded = fold(line)
  const places = words.flatMap((word) => placesOf(folded, needleOf(word), limits.search.ranges))
  return stretches(line, apart(places))
}

function stretches(text: string, ranges: readonly Range[]): Stretch[] {
  const first = ranges[0]?.[0] ?? 0
  const start = beginOf(text, first)
  const end = Math.min(text.length, start + maxShown)
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

/** Where to begin, so that this place is near enough. */
function beginOf(text: string, first: number): number {
  let at = first
  for (let room = maxBefore; at > 0 && room > 0; at -= 1) room -= text.charCodeAt(at - 1) < 0x1100 ? 1 : 2
  return at === 0 ? 0 : wordAt(text, at)
}

/** The beginning of the next word, if one is near; never inside a character. */
function wordAt(text: string, from: number): number {
  const space = text.slice(from, from + 20).search(/\s/)
  return whole(text, space < 0 ? from : from + space + 1)
}

const whole = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at)
