// How the list scrolls: anchored at its end, pinned to the newest only while the reader is there, never jumping. The
// virtualizer keeps the visible part in place when rows are inserted before it; places.ts decides where to scroll,
// steady.ts what stays when heights change, and list-sight.ts what is on screen.
import { nextTick, onMounted, onScopeDispose, ref, watch } from 'vue'
import { useListSight } from './list-sight.ts'
import { usePlaces } from './places.ts'
import type { Scrolling, ListStanding } from './scrolling.ts'
import { useSteady } from './steady.ts'
import { nearEnd, useVirtualRows } from './virtual-rows.ts'

/** Within this distance of an edge the next page is loaded: about one tall screen ahead. */
const ahead = 900

export function useListScroll(given: Scrolling) {
  const { rows, hasBefore, hasAfter, scroller } = given
  const standing: ListStanding = { pinned: ref(true), placed: ref(false), slack: ref(0) }
  const { pinned, placed, slack } = standing
  const { virtual, reader, width } = useVirtualRows(given, standing)
  const list = { given, virtual, reader, ...standing }
  const steady = useSteady(list)
  const sight = useListSight(virtual, rows, scroller)
  const { tellPlace, toPlace, toEnd, follow, begin } = usePlaces(list, sight)

  // Trap: the browser notifies this file of a scroll before the virtualizer, whose rows are then still those of the
  // previous place. One frame later both agree.
  let lookAt = 0
  function look() {
    cancelAnimationFrame(lookAt)
    lookAt = requestAnimationFrame(lookNow)
  }

  function lookNow() {
    reader.settle()
    if (placed.value) tellPlace()
    if (!placed.value || document.visibilityState !== 'visible' || !document.hasFocus()) return
    const seq = sight.lastSeen()
    if (seq !== undefined) given.sees(seq, sight.firstSeen()?.seq ?? seq)
  }

  function fetchAhead() {
    const el = scroller.value
    if (el === null || !placed.value) return
    if (hasBefore.value && el.scrollTop < ahead) given.needBefore()
    if (hasAfter.value && sight.fromEnd() < ahead) given.needAfter()
  }

  function scrolled() {
    if (!placed.value) return
    pinned.value = sight.fromEnd() < nearEnd && !hasAfter.value
    fetchAhead()
    look()
  }

  async function keepTop(key: string, change: () => void) {
    // Trap: if nothing had to be scrolled, the browser sends no scroll event.
    if (await steady.keepTop(key, change)) scrolled()
  }

  const observer = new ResizeObserver(() => {
    const el = scroller.value
    if (el === null) return
    width.value = el.clientWidth
    if (placed.value && pinned.value) virtual.value.scrollToEnd()
  })
  onMounted(async () => {
    if (scroller.value) observer.observe(scroller.value)
    await begin()
    placed.value = true
    scrolled()
  })
  onScopeDispose(() => {
    observer.disconnect()
    cancelAnimationFrame(lookAt)
    cancelAnimationFrame(scrolledAt)
  })
  // Where the list is, is asked for once a frame, before anything in it changes: the browser lays it out for each question
  // that is asked after a change.
  let scrolledAt = 0
  watch([rows, hasBefore, hasAfter], async () => {
    await nextTick()
    await follow()
    cancelAnimationFrame(scrolledAt)
    scrolledAt = requestAnimationFrame(scrolled)
  })
  lookWhenBack(look)

  return { virtual, pinned, placed, slack, scrolled, toEnd, toPlace, keepTop }
}

/** What is on screen counts as seen once somebody looks at the page again. */
function lookWhenBack(look: () => void): void {
  for (const [target, event] of [
    [window, 'focus'],
    [document, 'visibilitychange'],
  ] as const) {
    target.addEventListener(event, look)
    onScopeDispose(() => target.removeEventListener(event, look))
  }
}
