// Moving through the list by keyboard. The list is one Tab stop: of all messages exactly one has it, and that one stays
// drawn and keeps the focus wherever the reader scrolls and whatever arrives.
import type { Virtualizer } from '@tanstack/vue-virtual'
import { nextTick, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import type { Row } from '../../lines/line.ts'
import { spokenOf } from '../../lines/rows.ts'

const frame = () => new Promise(requestAnimationFrame)
/** Each frame draws rows whose heights were estimates; a few are enough to reach a row. */
const maxFrames = 8

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

export function useWalk({ rows, scroller, virtual, pinned, opened }: Walking, stop: Ref<string | undefined>) {
  /** The row that has the focus, in it or on it. */
  const held = shallowRef<string>()
  /** The row on the way to which the list is being scrolled: the next key goes on from there. */
  let heading: string | undefined

  const indexOf = (key: string | undefined) => rows.value.findLastIndex((row) => row.key === key)
  const drawnAt = (index: number) =>
    scroller.value?.querySelector<HTMLElement>(`[data-index="${index}"] [data-message]`) ?? undefined
  /** The rows that can have the focus and are on screen, top to bottom. */
  function onScreen(): number[] {
    const el = scroller.value
    if (el === null) return []
    const [top, bottom] = [el.scrollTop, el.scrollTop + el.clientHeight]
    const items = virtual.value.getVirtualItems()
    const seen = items.filter(
      ({ index, start, end }) => isStop(rows.value[index]) && end > top && start < bottom,
    )
    const whole = seen.filter(({ start, end }) => start >= top - 1 && end <= bottom + 1)
    return (whole.length > 0 ? whole : seen).map(({ index }) => index)
  }

  /** Where Tab leads: the row one is in, or was in; for a reader at the newest, the newest message. */
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

  async function toIndex(index: number, edge: 'nearest' | 'start' | 'end' = 'nearest'): Promise<boolean> {
    const key = rows.value[index]?.key
    if (key === undefined) return false
    heading = key
    if (drawnAt(index) === undefined) virtual.value.scrollToIndex(index, { align: 'auto' })
    for (let n = 0; n < maxFrames && drawnAt(indexOf(key)) === undefined; n += 1) await frame()
    if (heading !== key) return true
    heading = undefined
    const el = drawnAt(indexOf(key))
    el?.focus({ preventScroll: true })
    el?.scrollIntoView({ block: edge })
    return el !== undefined
  }

  /** From message to message; from the list itself to the first or last one on screen. */
  function step(by: 1 | -1): void {
    const seen = onScreen()
    const key = heading ?? held.value
    const from = key === undefined ? -1 : indexOf(key)
    if (from < 0) return void toIndex((by > 0 ? seen[0] : seen.at(-1)) ?? -1)
    if (scrollsOn(drawnAt(from), by)) return
    for (let at = from + by; at >= 0 && at < rows.value.length; at += by)
      if (isStop(rows.value[at])) return void toIndex(at)
    scroller.value?.scrollBy({ top: by * 120 })
  }

  /** A message that is taller than the list is read to its end first. */
  function scrollsOn(el: HTMLElement | undefined, by: 1 | -1): boolean {
    const list = scroller.value
    if (list === null || el === undefined || el.offsetHeight <= list.clientHeight) return false
    const [row, box] = [el.getBoundingClientRect(), list.getBoundingClientRect()]
    const rest = by > 0 ? row.bottom - box.bottom : box.top - row.top
    if (rest < 4 || row.bottom < box.top || row.top > box.bottom) return false
    list.scrollBy({ top: by * Math.min(rest, list.clientHeight * 0.8) })
    return true
  }

  /** A screen up or down, and the focus with it. */
  async function page(by: 1 | -1): Promise<void> {
    const el = scroller.value
    if (el === null) return
    const before = el.scrollTop
    el.scrollBy({ top: by * (el.clientHeight - 48) })
    await frame()
    await frame()
    const stops = rows.value.flatMap((row, index) => (isStop(row) ? [index] : []))
    const seen = onScreen()
    const isAtEdge = Math.abs(el.scrollTop - before) < 1
    const next = isAtEdge ? (by > 0 ? stops.at(-1) : stops[0]) : by > 0 ? seen.at(-1) : seen[0]
    if (next !== undefined) await toIndex(next)
  }

  async function toFirst(): Promise<void> {
    scroller.value?.scrollTo({ top: 0 })
    await frame()
    await toIndex(rows.value.findIndex(isStop))
  }

  /** `false`: the focus has left the list meanwhile. */
  async function toLast(): Promise<void> {
    await nextTick()
    if (scroller.value?.contains(document.activeElement)) await toIndex(rows.value.findLastIndex(isStop))
  }

  /** The row's message has the focus, if it is drawn. */
  function toKey(key: string): boolean {
    const el = drawnAt(indexOf(key))
    el?.focus({ preventScroll: true })
    return el !== undefined
  }

  return { choose, focused, blurred, step, page, toFirst, toLast, toKey }
}
