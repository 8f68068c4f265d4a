// Moving through the list by keyboard, from message to message and from screen to screen.
import { nextTick, type Ref } from 'vue'
import { isStop, useStop, type Walking } from './use-stop.ts'

const frame = () => new Promise(requestAnimationFrame)
/** Each frame draws rows whose heights were estimates; a few are enough to reach a row. */
const maxFrames = 8

export function useWalk(walking: Walking, stop: Ref<string | undefined>) {
  const { rows, scroller, virtual } = walking
  const { held, indexOf, onScreen, ...roving } = useStop(walking, stop)
  /** The row on the way to which the list is being scrolled: the next key goes on from there. */
  let heading: string | undefined

  const drawnAt = (index: number) =>
    scroller.value?.querySelector<HTMLElement>(`[data-index="${index}"] [data-message]`) ?? undefined
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
    if (scrollsOn(scroller.value, drawnAt(from), by)) return
    for (let at = from + by; at >= 0 && at < rows.value.length; at += by)
      if (isStop(rows.value[at])) return void toIndex(at)
    scroller.value?.scrollBy({ top: by * 120 })
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

  /** Unless the focus has left the list meanwhile. */
  async function toLast(): Promise<void> {
    await nextTick()
    const index = rows.value.findLastIndex(isStop)
    // The list is being scrolled to its end, which draws it.
    for (let n = 0; n < maxFrames && drawnAt(index) === undefined; n += 1) await frame()
    if (scroller.value?.contains(document.activeElement)) drawnAt(index)?.focus({ preventScroll: true })
  }

  /** The row's message has the focus, if it is drawn. */
  function toKey(key: string): boolean {
    const el = drawnAt(indexOf(key))
    el?.focus({ preventScroll: true })
    return el !== undefined
  }

  return { ...roving, step, page, toFirst, toLast, toKey }
}

/** A message that is taller than the list is read to its end first. */
function scrollsOn(list: HTMLElement | null, el: HTMLElement | undefined, by: 1 | -1): boolean {
  if (list === null || el === undefined || el.offsetHeight <= list.clientHeight) return false
  const [row, box] = [el.getBoundingClientRect(), list.getBoundingClientRect()]
  const rest = by > 0 ? row.bottom - box.bottom : box.top - row.top
  if (rest < 4 || row.bottom < box.top || row.top > box.bottom) return false
  list.scrollBy({ top: by * Math.min(rest, list.clientHeight * 0.8) })
  return true
}
