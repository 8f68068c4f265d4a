// What stays in place while rows change their height: the reader's row, or the top of the row they have just unfolded.
import { nextTick, watch } from 'vue'
import type { ScrollingList } from './scrolling.ts'

export function useSteady({ given, virtual, reader, pinned, placed, slack }: ScrollingList) {
  const { rows, scroller, hasBefore } = given
  /** A row that the reader has just unfolded: its top stays in place. */
  let held: string | undefined

  // Invariant: the reader's row stays in place when rows above it change their height: when they are drawn for the
  // first time, load something late, are edited, reacted to or wrapped again. The virtualizer's own rule skips this
  // during upward scrolling, and identifies rows by position instead of by key.
  virtual.value.shouldAdjustScrollPositionOnItemSizeChange = (item, delta, list) => {
    if (item.key === held || !reader.isAbove(item)) return false
    // Nothing scrolls above 0. The next older page fills the blank; if there is none, the browser scrolls as it likes.
    if (hasBefore.value && placed.value && !pinned.value)
      slack.value += Math.max(0, -delta - (list.scrollOffset ?? 0))
    return true
  }
  watch(
    () => rows.value[0]?.key,
    () => (slack.value = 0),
    { flush: 'sync' },
  )

  /**
   * Applies a change of a row's height and keeps its top in place: even at the newest, which the reader then leaves.
   * False: the row is not drawn.
   */
  async function keepTop(key: string, change: () => void): Promise<boolean> {
    const el = scroller.value
    const index = rows.value.findIndex((row) => row.key === key)
    const drawn = el?.querySelector<HTMLElement>(`[data-index="${index}"]`)
    if (!el || !drawn) {
      change()
      return false
    }
    const top = drawn.getBoundingClientRect().top
    held = key
    // New messages are not followed meanwhile, either.
    pinned.value = false
    change()
    await nextTick()
    // All within this frame: the browser's own resize event would arrive during it.
    virtual.value.resizeItem(index, drawn.offsetHeight)
    await nextTick()
    el.scrollTop += drawn.getBoundingClientRect().top - top
    held = undefined
    return true
  }

  return { keepTop }
}
