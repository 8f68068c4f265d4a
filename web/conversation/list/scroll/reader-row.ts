// The row that stays in place when others arrive or change their height: the reader's row. It stays the same until the
// reader scrolls it away, so new content on screen grows away from it: upwards for a reader who scrolls up, downwards
// for one who scrolls down.
import type { Virtualizer } from '@tanstack/vue-virtual'
import { watch, type ComputedRef, type Ref } from 'vue'
import type { Row } from '../../lines/line.ts'

/** Rows of a list, top to bottom, and which part of it is on screen; in pixels. */
export interface Layout {
  count: number
  startOf: (index: number) => number
  offset: number
  height: number
}

/**
 * The index of the reader's row; `theirs`: of the current one. A row stays the reader's while it begins in the upper
 * half of the list. If they scroll it out below, the next one is the last that begins there, because what is above it
 * came on screen later; otherwise the first that begins on screen or, if none does, the one that fills it. -1: there
 * are no rows.
 */
export function readersRow({ count, startOf, offset, height }: Layout, theirs = -1): number {
  /** The first that begins at `edge` or below it. */
  const firstFrom = (edge: number): number => {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (startOf(middle) < edge) low = middle + 1
      else high = middle
    }
    return low
  }
  const isUpper = (index: number): boolean =>
    index >= 0 && startOf(index) >= offset && startOf(index) <= offset + height / 2
  if (theirs >= 0 && theirs < count) {
    if (isUpper(theirs)) return theirs
    const last = firstFrom(offset + height / 2) - 1
    if (startOf(theirs) > offset && isUpper(last)) return last
  }
  const first = firstFrom(offset)
  return first < count && startOf(first) < offset + height ? first : first - 1
}

type List = Virtualizer<HTMLElement, Element>

/** The index of a row by its key; -1 if it is not on the list. Computed once for the same rows. */
function useIndexOf(virtual: Ref<List>) {
  let found: { by: List['options']['getItemKey']; key: string | undefined; index: number } | undefined
  return (key: string | undefined): number => {
    const { getItemKey, count } = virtual.value.options
    if (found?.by !== getItemKey || found.key !== key) {
      let at = key === undefined ? -1 : count - 1
      while (at >= 0 && getItemKey(at) !== key) at -= 1
      found = { by: getItemKey, key, index: at }
    }
    return found.index
  }
}

export function useReaderRow(
  virtual: Ref<List>,
  rows: ComputedRef<Row[]>,
  scroller: Ref<HTMLElement | null>,
) {
  let key: string | undefined
  let chosenAtWidth = 0
  let hasScrolled = true
  /** The reader was led to it, and it has been theirs since. */
  let isLed = false
  /**
   * The reader's row has lost or gained the name above its text; the name grows upwards, and the text stays in place.
   */
  let renamed: string | undefined
  const indexOf = useIndexOf(virtual)
  const index = (): number => indexOf(key)

  function choose(theirs: number): void {
    // Trap: the virtualizer recomputes the rows' places only when somebody asks for one by its place.
    virtual.value.getVirtualItemForOffset(0)
    const { options, scrollOffset, scrollRect, measurementsCache } = virtual.value
    const chosen = readersRow(
      {
        count: measurementsCache.length,
        startOf: (at) => measurementsCache[at]?.start ?? 0,
        offset: scrollOffset ?? 0,
        height: scrollRect?.height ?? 0,
      },
      theirs,
    )
    isLed &&= chosen === theirs
    key = chosen < 0 ? undefined : String(options.getItemKey(chosen))
    chosenAtWidth = scroller.value?.clientWidth ?? 0
    hasScrolled = false
  }

  /** With another width all heights change: the first row on screen stays, or the one the reader was led to. */
  function settle(): void {
    if (scroller.value?.clientWidth !== chosenAtWidth) choose(isLed ? index() : -1)
    else if (hasScrolled || index() < 0) choose(index())
  }

  const named = (all: Row[]): boolean | undefined => {
    const row = all.find((one) => one.key === key)
    return row?.kind === 'line' ? row.head : undefined
  }
  // Before the virtualizer sees the new rows: none of the new ones is the reader's yet.
  watch(
    rows,
    (now, before) => {
      if (hasScrolled) choose(index())
      renamed = named(now) === named(before) ? renamed : key
    },
    { flush: 'sync' },
  )

  return {
    settle,
    /** The list is scrolled to `offset`. If the code did not put it there, the reader has scrolled. */
    standsAt: (offset: number): void => {
      if (Math.abs(offset - (virtual.value.scrollOffset ?? 0)) > 1.5) hasScrolled = true
    },
    /** The reader was led to it. */
    isAt: (row: string | undefined): void => {
      key = row
      isLed = true
      chosenAtWidth = scroller.value?.clientWidth ?? 0
      hasScrolled = false
    },
    /** A changed height of this row must not move the reader's row. */
    isAbove: (row: { index: number; key: unknown }): boolean => {
      settle()
      if (row.key !== renamed) return row.index < index()
      renamed = undefined
      return true
    },
  }
}
