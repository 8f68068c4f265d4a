// The place of the "new" line of a conversation: above the first message that arrived while nobody was looking.
import { ref } from 'vue'

export interface NewLineDeps {
  /** How far they have read, here or elsewhere. */
  readUpTo: () => number
  /** The window is visible and focused. */
  isLooking: () => boolean
}

export function useNewLine({ readUpTo, isLooking }: NewLineDeps) {
  const firstUnread = ref<number>()
  /** Messages up to this number were posted while there was no connection. */
  let missedUpTo = 0

  /**
   * Other people's messages have arrived: the line moves to what arrived while nobody looked, once everything below the old
   * line is `seen`. `fresh`: those before that have not been on screen.
   */
  function hear(
    numbers: readonly number[],
    { seen, fresh }: { seen: number; fresh: readonly number[] },
  ): void {
    if (firstUnread.value !== undefined && firstUnread.value > seen) return
    const readTo = Math.max(seen, readUpTo())
    const isAway = !isLooking()
    if (!numbers.some((seq) => seq > readTo && (isAway || seq <= missedUpTo))) return
    firstUnread.value = Math.min(...[...fresh, ...numbers].filter((seq) => seq > readTo))
  }

  return {
    firstUnread,
    hear,
    /** The connection is back; the room has reached `head` meanwhile. */
    returned: (head: number) => void (missedUpTo = Math.max(missedUpTo, head)),
    /** It stands above everything after `read`. */
    standAbove: (read: number) => void (firstUnread.value = read + 1),
  }
}
