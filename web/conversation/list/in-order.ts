// The place of each message among those that are loaded, as screen readers count them, and the day where it changes. Pure.
import type { Row } from '../lines/line.ts'
import { isStop } from './walk/use-stop.ts'

export interface PlaceInList {
  'aria-posinset': number
  /** -1: there are more than are loaded. */
  'aria-setsize': number
  /** The message is the first of its day. */
  day: number | undefined
  /** It is the first unread one. */
  isNew: boolean
}

export function inOrder(
  rows: readonly Row[],
  { hasBefore, hasAfter }: { hasBefore: boolean; hasAfter: boolean },
): (index: number) => PlaceInList {
  let n = 0
  const numbers = rows.map((row) => (isStop(row) ? (n += 1) : n))
  return (index) => {
    const place: PlaceInList = {
      'aria-posinset': numbers[index] ?? 0,
      'aria-setsize': hasBefore || hasAfter ? -1 : n,
      day: undefined,
      isNew: false,
    }
    for (let above = index - 1; above >= 0 && !isStop(rows[above]); above -= 1) {
      const row = rows[above]
      if (row?.kind === 'day') place.day = row.at
      if (row?.kind === 'new') place.isNew = true
    }
    return place
  }
}
