// Scrolls the list to a place: the newest, a message, or where it begins.
import { nextTick } from 'vue'
import type { Place } from '../../pages/place.ts'
import type { useListSight } from './list-sight.ts'
import type { ScrollingList } from './scrolling.ts'

const frame = () => new Promise(requestAnimationFrame)

export function usePlaces(list: ScrollingList, sight: ReturnType<typeof useListSight>) {
  const { given, virtual, reader, pinned, placed } = list
  const { rows, scroller, hasAfter, start } = given
  /** The reader wants the newest, which may have to be loaded first: the list then scrolls to the new rows too. */
  let isBound = false
  /** The message the reader was led to and has not left yet. */
  let ledTo: number | undefined

  /** Reports where the reader is, and once that they have left the message they were led to. */
  function tellPlace(): void {
    given.isAt(pinned.value ? undefined : sight.firstSeen())
    if (ledTo === undefined || sight.isOnScreen(ledTo)) return
    ledTo = undefined
    given.left()
  }

  /** Scrolls to a message: in the middle of the list, or exactly where it was. */
  async function toPlace(place: Place): Promise<void> {
    await nextTick()
    isBound = false
    pinned.value = false
    if (place.offset === undefined) reader.isAt(rows.value[sight.indexOf(place.seq)]?.key)
    // Each step draws rows whose heights were estimates; a few steps are enough to reach the exact place.
    for (let step = 0; step < 6; step += 1) {
      const el = scroller.value
      const item = virtual.value.measurementsCache[sight.indexOf(place.seq)]
      if (el === null || item === undefined) return
      const max = el.scrollHeight - el.clientHeight
      const offset = place.offset ?? Math.max(0, (el.clientHeight - item.size) / 2)
      const to = Math.max(0, Math.min(max, item.start - offset))
      if (step > 1 && Math.abs(el.scrollTop - to) < 1) break
      virtual.value.scrollToOffset(to)
      await frame()
    }
    placed.value = true
    if (place.offset !== undefined) return
    ledTo = place.seq
    given.placed(place.seq)
  }

  async function toEnd(): Promise<void> {
    isBound = hasAfter.value
    pinned.value = !isBound
    await nextTick()
    virtual.value.scrollToEnd()
  }

  /** The rows have changed: scroll to the newest if the reader wants it. */
  async function follow(): Promise<void> {
    if (isBound && !hasAfter.value) await toEnd()
    // Trap: the virtualizer follows what is appended at the end. Messages of others are inserted before own messages
    // that wait.
    else if (placed.value && pinned.value) virtual.value.scrollToEnd()
  }

  /** Begins at the newest or, if more is unread than fits, with the "new" line at the top. */
  async function begin(): Promise<void> {
    await nextTick()
    if (start !== undefined) return toPlace(start)
    virtual.value.scrollToEnd()
    await frame()
    const newAt = rows.value.findIndex(({ kind }) => kind === 'new')
    const item = newAt < 0 ? undefined : virtual.value.measurementsCache[newAt]
    if (item && scroller.value && item.start < scroller.value.scrollTop) {
      virtual.value.scrollToIndex(Math.max(0, newAt - 1), { align: 'start' })
      await frame()
    }
  }

  return { tellPlace, toPlace, toEnd, follow, begin }
}
