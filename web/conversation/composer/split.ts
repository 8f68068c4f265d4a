// The length of a message as a person counts it, and dividing one that is too long. Pure. The limit is in bytes.
import { limits } from '../../../server/protocol/limits.ts'
import { byteLength } from '../../../server/protocol/text.ts'

/** From here on the rest is shown. */
const nearChars = 200
/** More messages than this are a file, and would stand in everybody's way. */
const maxParts = 10

export interface Remaining {
  /** How many characters like those of this text still fit; negative: how many have to go. */
  left: number
  isNear: boolean
}

export function remainingIn(text: string, max: number = limits.messageBytes): Remaining {
  // No character takes more than three bytes for each of its units.
  if (text.length * 3 < max - nearChars * 4) return { left: max, isNear: false }
  const bytes = byteLength(text)
  const chars = [...text]
  if (bytes > max) return { left: fitting(chars, max) - chars.length, isNear: true }
  const left = Math.floor((max - bytes) / (bytes / chars.length))
  return { left, isNear: left <= nearChars }
}

/** How many of them fit into `max` bytes. */
function fitting(chars: readonly string[], max: number): number {
  let bytes = 0
  const at = chars.findIndex((char) => (bytes += byteLength(char)) > max)
  return at < 0 ? chars.length : at
}

/** A longer line is no beginning of a block: it could not be repeated in each part. */
const fence = /^(`{3,12}|~{3,12})[ \t]*[\w+#.-]{0,20}$/

/**
 * Messages that say the same, each within the limit: divided between paragraphs, else lines, sentences, words. None if
 * there would be too many.
 */
export function splitText(text: string, max: number = limits.messageBytes): string[] {
  if (text.length > maxParts * max) return []
  const parts: string[] = []
  let rest = text.trim()
  while (byteLength(rest) > max) {
    if (parts.length === maxParts) return []
    // What closes a block of code needs room too.
    const cut = cutOf(rest, max - 16)
    const [first, open] = closed(rest.slice(0, cut).trimEnd())
    parts.push(first)
    rest = open + rest.slice(cut).replace(/^\s*\n|^[^\S\n]+/, '')
  }
  if (rest !== '') parts.push(rest)
  return parts.length > maxParts ? [] : parts
}

/** Where the first part ends: at the best place in the last third of what fits. */
function cutOf(text: string, max: number): number {
  // A unit takes a byte at least.
  const chars = [...text.slice(0, max)]
  const whole = chars.slice(0, fitting(chars, max)).join('')
  const from = Math.floor((whole.length * 2) / 3)
  for (const end of [/\n\s*\n/g, /\n/g, /[.!?。！？…]["'”’）)]*\s*/gu, /\s+/g]) {
    const last = [...whole.slice(from).matchAll(end)].at(-1)
    if (last !== undefined) return from + last.index + last[0].length
  }
  return wholeClusters(whole)
}

/** Without an emoji that the limit would divide. */
function wholeClusters(text: string): number {
  const from = Math.max(0, text.length - 64)
  const last = [...new Intl.Segmenter().segment(text.slice(from))].at(-1)
  return last !== undefined && last.index > 0 ? from + last.index : text.length
}

/** The part with its block of code closed, and how the next one opens it again. */
function closed(part: string): [part: string, open: string] {
  let open: string | undefined
  for (const line of part.split('\n')) {
    const mark = fence.exec(line.trimStart())
    if (mark === null) continue
    if (open === undefined) open = mark[0]
    else if (line.trim().startsWith(fence.exec(open)?.[1] ?? '')) open = undefined
  }
  const mark = open === undefined ? undefined : fence.exec(open)?.[1]
  return mark === undefined ? [part, ''] : [`${part}\n${mark}`, `${open}\n`]
}
