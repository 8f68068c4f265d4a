// What part of a list is on screen: which messages, and how far away its end is.
import type { Virtualizer } from '@tanstack/vue-virtual'
import type { ComputedRef, Ref } from 'vue'
import type { Row } from '../../lines/line.ts'
import type { Place } from '../../pages/place.ts'

export function useListSight(
  virtual: Ref<Virtualizer<HTMLElement, Element>>,
  rows: ComputedRef<Row[]>,
  scroller: Ref<HTMLElement | null>,
) {
  const fromEnd = () => {
    const el = scroller.value
    return el === null ? 0 : el.scrollHeight - el.scrollTop - el.clientHeight
  }

  /** The newest number whose row ends above the lower edge of the visible part. */
  function lastSeen(): number | undefined {
    const el = scroller.value
    if (el === null) return undefined
    const edge = el.scrollTop + el.clientHeight + 8
    const items = virtual.value.getVirtualItems()
    for (let at = items.length - 1; at >= 0; at--) {
      const item = items[at]
      const row = item && rows.value[item.index]
      if (item && item.end <= edge && row?.kind === 'line' && row.line.seq !== undefined) return row.line.seq
    }
    return undefined
  }

  /** The first row on screen that has a number, and its offset below the top; negative if it begins above it. */
  function firstSeen(): Place | undefined {
    const el = scroller.value
    if (el === null) return undefined
    for (const item of virtual.value.getVirtualItems()) {
      const row = rows.value[item.index]
      if (item.end > el.scrollTop && row?.kind === 'line' && row.line.seq !== undefined)
        return { seq: row.line.seq, offset: Math.round(item.start - el.scrollTop) }
    }
    return undefined
  }

  function isOnScreen(seq: number): boolean {
    const el = scroller.value
    const at = indexOf(seq)
    const item = virtual.value.measurementsCache[at]
    if (el === null || item === undefined) return false
    return item.end > el.scrollTop && item.start < el.scrollTop + el.clientHeight
  }

  /** The row with this number or, if there is none, with the next one. */
  function indexOf(seq: number): number {
    const at = rows.value.findIndex(
      (row) => row.kind === 'line' && row.line.seq !== undefined && row.line.seq >= seq,
    )
    return at < 0 ? rows.value.length - 1 : at
  }

  return { fromEnd, lastSeen, firstSeen, isOnScreen, indexOf }
}
