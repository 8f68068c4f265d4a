// A text as the stretches that were looked for and those between; of a long one the part around the first. Pure.

export interface Stretch {
  text: string
  isFound: boolean
}

/** Units shown of a text: three lines on a wide screen. The first stretch that was found is a third of the way in. */
const shownMost = 280

export function stretches(text: string, ranges: readonly (readonly [number, number])[]): Stretch[] {
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
