// A stretch of a room's messages and what becomes of it: pages of it as the server would answer them, and what the log's next
// entries make of it. Pure.
import type { EntryEvent } from '../../server/protocol/events.ts'
import type { Stretch } from './disk.ts'

/** As in wire/api: at most one of the three; none means the newest. `before` and `after` are exclusive. */
export interface Place {
  before?: number
  after?: number
  around?: number
  limit?: number
}

/** Places in a list of numbers, `to` exclusive. */
export interface Part {
  from: number
  to: number
}

const usualLimit = 50

/** The place of number `seq`, or of the first one above it. */
function placeOf(numbers: readonly number[], seq: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] ?? Infinity) < seq) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Which of the stretch's messages (their numbers, ascending) are the page at `place`; undefined if the stretch does not have it:
 * what is before it or after it may have.
 */
export function partAt(
  numbers: readonly number[],
  stretch: Pick<Stretch, 'from' | 'upTo'>,
  { before, after, around, limit = usualLimit }: Place,
): Part | undefined {
  const { length } = numbers
  if (before !== undefined) {
    const to = placeOf(numbers, before)
    // With nothing above it here, only a stretch from the first number on knows that there is nothing.
    if (before > stretch.upTo + 1 || (to === 0 && stretch.from > 1)) return undefined
    return { from: Math.max(0, to - limit), to }
  }
  if (after !== undefined) {
    if (after < stretch.from - 1 || after > stretch.upTo) return undefined
    const from = placeOf(numbers, after + 1)
    return { from, to: Math.min(length, from + limit) }
  }
  if (around !== undefined) {
    if (around < stretch.from || around > stretch.upTo) return undefined
    const at = placeOf(numbers, around)
    const from = Math.max(0, at - Math.floor(limit / 2))
    return { from, to: Math.min(length, from + limit) }
  }
  return { from: Math.max(0, length - limit), to: length }
}

/** Of entries in any order, those that continue what is complete up to `upTo`, each once. */
export function continuing(entries: Iterable<EntryEvent>, upTo: number): EntryEvent[] {
  const bySeq = new Map<number, EntryEvent>()
  for (const entry of entries) if (entry.seq > upTo) bySeq.set(entry.seq, entry)
  const next: EntryEvent[] = []
  for (let entry = bySeq.get(upTo + 1); entry !== undefined; entry = bySeq.get(entry.seq + 1))
    next.push(entry)
  return next
}
