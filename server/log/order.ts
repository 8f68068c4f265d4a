// Entries in the order of the log, as the tail has them in memory. Pure.
import { compareIds, type Entry, type StreamId } from './entry.ts'

/** Where in `order`, from `oldest` on, the first one after a place is; its length: nowhere. */
export function firstAfter(order: readonly Entry[], oldest: number, id: StreamId): number {
  let [low, high] = [oldest, order.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = order[middle]
    if (entry !== undefined && compareIds(entry.id, id) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** No id is between it and this one. */
export const justBelow = ({ ms, n }: StreamId): StreamId =>
  n > 0 ? { ms, n: n - 1 } : { ms: Math.max(0, ms - 1), n: ms > 0 ? Number.MAX_SAFE_INTEGER : 0 }

/** About what an entry takes: two bytes a character, and what the objects around it take. */
export const sizeOf = ({ event }: Entry): number => 400 + ('text' in event ? 2 * event.text.length : 0)
