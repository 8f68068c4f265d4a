// Which places of a text are words, and which are code or an address: asked of the parser that draws. Pure.
import { partsIn, treeOf } from '../../server/text/tree.ts'

/** Stands for a place: a character of private use, which is neither a letter nor a mark. */
const markOf = (index: number): string => String.fromCodePoint(0xf_0000 + index)
const anyMark = /[\u{f0000}-\u{ffffd}]/gu
const maxMarks = 0xffff

export interface Place {
  from: number
  to: number
}

/** Those that are words. A text with characters of private use, or too many places, has none. */
export function placesInWords(text: string, places: readonly Place[]): Place[] {
  if (text.search(anyMark) >= 0 || places.length > maxMarks) return []
  let done = 0
  const pieces = places.map(({ from, to }, index) => {
    const piece = text.slice(done, from) + markOf(index)
    done = to
    return piece
  })
  const seen = marksInWords(pieces.join('') + text.slice(done))
  return places.filter((_, index) => seen.has(markOf(index)))
}

function marksInWords(marked: string): Set<string> {
  const blocks = treeOf(marked)
  const texts = blocks.map((block) => (block.is === 'plain' ? block.text : ''))
  const addresses = new Set<object>()
  for (const part of partsIn(blocks)) {
    if (part.is === 'link' && part.bare === true) for (const inner of part.in) addresses.add(inner)
    else if (part.is === 'text' && !addresses.has(part)) texts.push(part.text)
  }
  return new Set(texts.join('').match(anyMark))
}

/** Words are being typed at `at`: neither code, nor an address, nor code that is not closed yet. */
export function isInWords(text: string, at: number): boolean {
  const before = text.slice(0, at)
  const open = /`+(?=[^`\n]*$)/.exec(before)?.[0]
  const here = [{ from: at, to: at }]
  return [text, ...(open === undefined ? [] : [before + open])].every(
    (one) => placesInWords(one, here).length > 0,
  )
}
