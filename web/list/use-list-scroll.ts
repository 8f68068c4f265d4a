// How the list scrolls: anchored at its end, pinned to the newest only while the reader is there, never jumping.
// The virtualizer holds what is seen in place when rows are put before it; this file tells it when to go where.
import { elementScroll, observeElementOffset, useVirtualizer, type Virtualizer } from '@tanstack/vue-virtual'
import { computed, nextTick, onMounted, onScopeDispose, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { Row } from '../message/line.ts'
import type { Place } from '../room/place.ts'
import { useListSight } from './list-sight.ts'
import { useReaderRow } from './reader-row.ts'
import { guessHeight } from './row-size.ts'

/** Nearer to the end than this, the reader is at the newest. */
const nearEnd = 64
/** Within this of an edge the next page is fetched: about one tall screen ahead. */
const ahead = 900

interface Scrolling {
  rows: ComputedRef<Row[]>
  /** Pixels above the first row: what stands there while there is more to fetch. */
  edge: ComputedRef<number>
  hasBefore: ComputedRef<boolean>
  hasAfter: ComputedRef<boolean>
  scroller: Ref<HTMLElement | null>
  needBefore: () => void
  needAfter: () => void
  /** The newest number that is wholly on screen. */
  sees: (seq: number) => void
  /** Where it begins, when that is not the newest. */
  start: Place | undefined
  /** The reader was led to this message. */
  placed: (seq: number) => void
  /** Where the reader is; undefined at the newest. */
  isAt: (place: Place | undefined) => void
  /** The message the reader was led to is not on screen any more. */
  left: () => void
}

export function useListScroll({
  rows,
  edge,
  hasBefore,
  hasAfter,
  scroller,
  needBefore,
  needAfter,
  sees,
  start,
  placed: led,
  isAt,
  left,
}: Scrolling) {
  const pinned = ref(true)
  const placed = ref(false)
  const width = ref(800)

  // Invariant: what a row is guessed to be never changes, whatever becomes of its words or of the window. Trap: a row that
  // is as tall as it was guessed is not measured in the virtualizer's books, so another guess would move all below it.
  const guesses = new Map<string, number>()
  function guess(row: Row | undefined): number {
    if (row === undefined) return 24
    const height = guesses.get(row.key) ?? guessHeight(row, width.value)
    guesses.set(row.key, height)
    return height
  }

  /** Blank above the edge, in place of what is above the reader's row and has become lower than there is to scroll. */
  const slack = ref(0)

  const virtual = useVirtualizer<HTMLElement, Element>(
    computed(() => {
      const now = rows.value
      return {
        count: now.length,
        getItemKey: (index: number) => now[index]?.key ?? index,
        estimateSize: (index: number) => guess(now[index]),
        getScrollElement: () => scroller.value,
        // Trap: the virtualizer scrolls before Vue has made the list as tall as it is to be, and the browser scrolls no
        // further than the list is tall: a page of older messages would throw the reader somewhere else.
        scrollToFn: (offset: number, options: ScrollOptions, list: Virtualizer<HTMLElement, Element>) => {
          const content = list.scrollElement?.firstElementChild
          if (content instanceof HTMLElement) content.style.height = `${list.getTotalSize()}px`
          elementScroll(offset, options, list)
        },
        observeElementOffset: (
          list: Virtualizer<HTMLElement, Element>,
          tell: (offset: number, isScrolling: boolean) => void,
        ) =>
          observeElementOffset(list, (offset, isScrolling) => {
            reader.standsAt(offset)
            tell(offset, isScrolling)
          }),
        paddingStart: edge.value + slack.value,
        paddingEnd: 12,
        overscan: 8,
        anchorTo: 'end' as const,
        // With newer pages still to come the end of the list is not the newest, and following it would not end.
        followOnAppend: pinned.value && !hasAfter.value,
        scrollEndThreshold: nearEnd,
      }
    }),
  )

  const reader = useReaderRow(virtual, rows, scroller)
  /** A row that the reader has just unfolded: its top stays, wherever that is. */
  let held: string | undefined

  // Invariant: the reader's row stays where it is when rows above it change their height: they are drawn for the first
  // time, load something late, are edited, reacted to or wrapped anew. The virtualizer's own rule leaves this out while one
  // scrolls up, and knows rows by where they are and not by whose they are.
  virtual.value.shouldAdjustScrollPositionOnItemSizeChange = (item, delta, list) => {
    if (item.key === held || !reader.isAbove(item)) return false
    // Nothing scrolls above 0. The next older page fills the blank; where there is none to come, the browser has its way.
    if (hasBefore.value && placed.value && !pinned.value)
      slack.value += Math.max(0, -delta - (list.scrollOffset ?? 0))
    return true
  }
  watch(
    () => rows.value[0]?.key,
    () => (slack.value = 0),
    { flush: 'sync' },
  )

  /** Does what changes the height of a row, and leaves its top where it is: also at the newest, which is left by it. */
  async function keepTop(key: string, change: () => void) {
    const el = scroller.value
    const index = rows.value.findIndex((row) => row.key === key)
    const drawn = el?.querySelector<HTMLElement>(`[data-index="${index}"]`)
    if (!el || !drawn) return change()
    const top = drawn.getBoundingClientRect().top
    held = key
    // Nothing that comes meanwhile is followed, either.
    pinned.value = false
    change()
    await nextTick()
    // All of it before the next frame: the browser's own word of the new height would come within it.
    virtual.value.resizeItem(index, drawn.offsetHeight)
    await nextTick()
    el.scrollTop += drawn.getBoundingClientRect().top - top
    held = undefined
    // Trap: where nothing had to be scrolled the browser tells of no scroll.
    scrolled()
  }

  const { fromEnd, lastSeen, firstSeen, isOnScreen, indexOf } = useListSight(virtual, rows, scroller)

  /** The message the reader was led to and has not left yet. */
  let ledTo: number | undefined
  function tellPlace() {
    isAt(pinned.value ? undefined : firstSeen())
    if (ledTo === undefined || isOnScreen(ledTo)) return
    ledTo = undefined
    left()
  }

  /** Leads to a message: in the middle of the list, or exactly where it was. */
  async function toPlace(place: Place) {
    await nextTick()
    isBound = false
    pinned.value = false
    if (place.offset === undefined) reader.isAt(rows.value[indexOf(place.seq)]?.key)
    // Each step draws rows whose heights were guessed; a few are enough to stand where it was meant.
    for (let step = 0; step < 6; step += 1) {
      const el = scroller.value
      const item = virtual.value.measurementsCache[indexOf(place.seq)]
      if (el === null || item === undefined) return
      const most = el.scrollHeight - el.clientHeight
      const offset = place.offset ?? Math.max(0, (el.clientHeight - item.size) / 2)
      const to = Math.max(0, Math.min(most, item.start - offset))
      if (step > 1 && Math.abs(el.scrollTop - to) < 1) break
      virtual.value.scrollToOffset(to)
      await new Promise(requestAnimationFrame)
    }
    placed.value = true
    if (place.offset !== undefined) return
    ledTo = place.seq
    led(place.seq)
  }

  // Trap: the browser tells this file of a scroll before it tells the virtualizer, whose rows are then those of the
  // place before. A frame later both are at the same place.
  let lookAt = 0
  function look() {
    cancelAnimationFrame(lookAt)
    lookAt = requestAnimationFrame(lookNow)
  }

  function lookNow() {
    reader.settle()
    if (placed.value) tellPlace()
    if (!placed.value || document.visibilityState !== 'visible' || !document.hasFocus()) return
    const seq = lastSeen()
    if (seq !== undefined) sees(seq)
  }

  function fetchAhead() {
    const el = scroller.value
    if (el === null || !placed.value) return
    if (hasBefore.value && el.scrollTop < ahead) needBefore()
    if (hasAfter.value && fromEnd() < ahead) needAfter()
  }

  function scrolled() {
    if (!placed.value) return
    pinned.value = fromEnd() < nearEnd && !hasAfter.value
    fetchAhead()
    look()
  }

  /** The reader wants the newest, and it may have to be fetched first: the rows that bring it are scrolled to too. */
  let isBound = false
  async function toEnd() {
    isBound = hasAfter.value
    pinned.value = !isBound
    await nextTick()
    virtual.value.scrollToEnd()
  }

  /** Opens at the newest, or, when more is unread than fits, with the "new" line at the top. */
  async function place() {
    await nextTick()
    if (start !== undefined) {
      await toPlace(start)
      placed.value = true
      return scrolled()
    }
    virtual.value.scrollToEnd()
    await new Promise(requestAnimationFrame)
    const newAt = rows.value.findIndex(({ kind }) => kind === 'new')
    const item = newAt < 0 ? undefined : virtual.value.measurementsCache[newAt]
    if (item && scroller.value && item.start < scroller.value.scrollTop) {
      virtual.value.scrollToIndex(Math.max(0, newAt - 1), { align: 'start' })
      await new Promise(requestAnimationFrame)
    }
    placed.value = true
    scrolled()
  }

  const observer = new ResizeObserver(() => {
    const el = scroller.value
    if (el === null) return
    width.value = el.clientWidth
    if (placed.value && pinned.value) virtual.value.scrollToEnd()
  })
  onMounted(() => {
    if (scroller.value) observer.observe(scroller.value)
    void place()
  })
  onScopeDispose(() => {
    observer.disconnect()
    cancelAnimationFrame(lookAt)
  })

  watch([rows, hasBefore, hasAfter], async () => {
    await nextTick()
    if (isBound && !hasAfter.value) await toEnd()
    // Trap: the virtualizer follows what comes last. What others said meanwhile comes before one's own words that wait.
    else if (placed.value && pinned.value) virtual.value.scrollToEnd()
    requestAnimationFrame(scrolled)
  })
  for (const [target, event] of [
    [window, 'focus'],
    [document, 'visibilitychange'],
  ] as const) {
    target.addEventListener(event, look)
    onScopeDispose(() => target.removeEventListener(event, look))
  }

  return { virtual, pinned, placed, slack, scrolled, toEnd, toPlace, keepTop }
}
