// The list's one Tab stop: the message that one is in or was in or, for a reader at the newest, the newest. It stays
// drawn and keeps the focus wherever the reader scrolls and whatever arrives.
import type { Virtualizer } from '@tanstack/vue-virtual'
import { shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import type { Row } from '../../lines/line.ts'
import { spokenOf } from '../../lines/rows.ts'

export interface Walking {
  rows: ComputedRef<Row[]>
  scroller: Ref<HTMLElement | null>
  virtual: Ref<Virtualizer<HTMLElement, Element>>
  /** The reader is at the newest. */
  pinned: Ref<boolean>
  /** The row of the message that something is open for, such as a menu. */
  opened: () => string | undefined
}

/** A message, a notice or a note; not a line between them. */
export const isStop = (row: Row | undefined): boolean => row?.kind === 'line' || row?.kind === 'note'

export function useStop({ rows, scroller, virtual, pinned, opened }: Walking, stop: Ref<string | undefined>) {
  /** The row that has the focus, in it or on it. */
  const held = shallowRef<string>()
  const indexOf = (key: string | undefined) => rows.value.findLastIndex((row) => row.key === key)

  /** The rows that can have the focus and are on screen, top to bottom. */
  function onScreen(): number[] {
    const el = scroller.value
    if (el === null) return []
    const [top, bottom] = [el.scrollTop, el.scrollTop + el.clientHeight]
    const items = virtual.value.getVirtualItems().filter(({ index }) => isStop(rows.value[index]))
    const seen = items.filter(({ start, end }) => end > top && start < bottom)
    const whole = seen.filter(({ start, end }) => start >= top - 1 && end <= bottom + 1)
    return (whole.length > 0 ? whole : seen).map(({ index }) => index)
  }

  function choose(): void {
    const key = held.value ?? opened()
    if (key !== undefined && indexOf(key) >= 0) stop.value = key
    else if (pinned.value) stop.value = (rows.value.findLast(spokenOf) ?? rows.value.findLast(isStop))?.key
    else {
      const seen = onScreen()
      if (!seen.includes(indexOf(stop.value))) stop.value = rows.value[seen.at(-1) ?? -1]?.key ?? stop.value
    }
  }
  watch([rows, pinned, opened], choose, { flush: 'sync', immediate: true })

  function focused(event: FocusEvent): void {
    const index = event.target instanceof Element ? event.target.closest('[data-index]') : null
    held.value = rows.value[Number(index?.getAttribute('data-index') ?? -1)]?.key
    choose()
  }
  function blurred(event: FocusEvent): void {
    const to = event.relatedTarget
    // Another window, or what had the focus is gone: one task later it is known where the focus is.
    if (to === null) setTimeout(release)
    else if (!scroller.value?.contains(to as Node)) release()
  }
  function release(): void {
    if (scroller.value?.contains(document.activeElement)) return
    held.value = undefined
    choose()
  }

  return { held, indexOf, onScreen, choose, focused, blurred }
}
