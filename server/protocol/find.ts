// Where the words of a query occur in a text: the same on the server, which checks what the index names, and in the browser,
// which marks them. Pure.
import { fold, type Folded } from './fold.ts'
import type { Word } from './query.ts'

/** Units from `from` on and before `to`. */
export type Range = [from: number, to: number]

/** A word, folded once to be looked for in many texts. */
export interface Needle extends Folded {
  /** The word may go on in the text. */
  isPrefix: boolean
}

/** A single letter begins too many words: it must be a word of its own. */
const minPrefix = 2

export function needleOf({ text, isPrefix }: Word): Needle {
  const folded = fold(text.trim())
  return { ...folded, isPrefix: isPrefix && folded.text.length >= minPrefix }
}

/**
 * The places of the original text, at most `max`, where a needle occurs as a word or begins one: redis occurs in Redis7,
 * but not in predistortion. A place ends with a whole character, its marks included.
 */
export function placesOf({ text, edge, from }: Folded, needle: Needle, max: number): Range[] {
  const places: Range[] = []
  if (needle.text === '') return places
  for (let at = text.indexOf(needle.text); at >= 0; at = text.indexOf(needle.text, at + 1)) {
    let end = at + needle.text.length
    if (edge[at] !== 1 || (edge[end] !== 1 && !needle.isPrefix)) continue
    while (end < text.length && from[end] === from[end - 1]) end += 1
    places.push([from[at] ?? 0, from[end] ?? 0])
    if (places.length >= max) break
  }
  return places
}

/** In order, and those that touch joined. */
export function apart(ranges: Range[]): Range[] {
  const joined: Range[] = []
  for (const [from, to] of ranges.sort(([a], [b]) => a - b)) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}
