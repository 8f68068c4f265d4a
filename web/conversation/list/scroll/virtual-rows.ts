// The virtualizer of a list: its rows, their estimated heights, and how it scrolls.
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  useVirtualizer,
  type Range,
  type Virtualizer,
} from '@tanstack/vue-virtual'
import { computed, onScopeDispose, ref, watch, type ComputedRef } from 'vue'
import type { Row } from '../../lines/line.ts'
import { guessHeight } from '../../rows/kinds.ts'
import { useReaderRow } from './reader-row.ts'
import type { Scrolling, ListStanding } from './scrolling.ts'

/** Within this distance of the end, the reader is at the newest. */
export const nearEnd = 64

type List = Virtualizer<HTMLElement, Element>

export function useVirtualRows(
  { rows, edge, hasAfter, scroller, keeps }: Scrolling,
  { pinned, slack }: ListStanding,
) {
  const { width, guess, forget } = useGuesses()
  const rangeExtractor = withKept(rows, keeps)
  const virtual = useVirtualizer<HTMLElement, Element>(
    computed(() => {
      const now = rows.value
      return {
        count: now.length,
        getItemKey: (index: number) => now[index]?.key ?? index,
        estimateSize: (index: number) => guess(now[index]),
        getScrollElement: () => scroller.value,
        scrollToFn: scrollTo,
        observeElementOffset: (list: List, tell: (offset: number, isScrolling: boolean) => void) =>
          observeElementOffset(list, (offset, isScrolling) => {
            reader.standsAt(offset)
            tell(offset, isScrolling)
          }),
        paddingStart: edge.value + slack.value,
        paddingEnd: 12,
        overscan: 8,
        rangeExtractor,
        anchorTo: 'end' as const,
        // While newer pages are still to come, the end of the list is not the newest, and following it would never
        // stop.
        followOnAppend: pinned.value && !hasAfter.value,
        scrollEndThreshold: nearEnd,
      }
    }),
  )
  const reader = useReaderRow(virtual, rows, scroller)
  watch(rows, (now) => forget(now, virtual.value))
  // Trap: it remembers the elements of its rows until it is told to look which of them are gone, and what refers to it
  // would keep them.
  onScopeDispose(() => virtual.value.elementsCache.clear())
  return { virtual, reader, width }
}

/** The rows near the screen, and the one that stays drawn wherever that is. */
function withKept(rows: ComputedRef<Row[]>, keeps: () => string | undefined) {
  return (range: Range): number[] => {
    const near = defaultRangeExtractor(range)
    const key = keeps()
    const kept = key === undefined ? -1 : rows.value.findLastIndex((row) => row.key === key)
    const [first = 0, last = -1] = [near[0], near.at(-1)]
    if (kept < 0 || kept >= range.count || (kept >= first && kept <= last)) return near
    return kept < first ? [kept, ...near] : [...near, kept]
  }
}

/** Heights that are remembered: of some more rows than a list has, as those that left it often come back. */
const maxHeights = 4_000

/** Estimated heights of rows in a list of this width, in pixels. */
function useGuesses() {
  const width = ref(800)
  // Invariant: the estimate of a row never changes, whatever happens to its text or the window. Trap: a row that is
  // exactly as tall as its estimate is not recorded by the virtualizer, so another estimate would move everything below
  // it.
  const guesses = new Map<string, number>()
  function guess(row: Row | undefined): number {
    if (row === undefined) return 24
    const height = guesses.get(row.key) ?? guessHeight(row, width.value)
    guesses.set(row.key, height)
    return height
  }
  /** In a room that is on screen for weeks, rows come and go without end. */
  function forget(now: readonly Row[], { itemSizeCache }: List): void {
    if (guesses.size <= maxHeights) return
    const here = new Set<unknown>(now.map(({ key }) => key))
    for (const heights of [guesses, itemSizeCache] as Map<unknown, number>[])
      for (const key of heights.keys()) if (!here.has(key)) heights.delete(key)
  }
  return { width, guess, forget }
}

/**
 * Trap: the virtualizer scrolls before Vue has set the list's new height, and the browser cannot scroll beyond the
 * current one: a page of older messages would move the reader somewhere else.
 */
function scrollTo(offset: number, options: ScrollOptions, list: List): void {
  const content = list.scrollElement?.firstElementChild
  if (content instanceof HTMLElement) content.style.height = `${list.getTotalSize()}px`
  elementScroll(offset, options, list)
}
