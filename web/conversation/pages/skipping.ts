// Whether the reader has jumped over unread messages: those have not been on screen, so they stay unread.
import { ref } from 'vue'

export interface SkippingDeps {
  /** How far they have read, here or elsewhere. */
  readUpTo: () => number
  /** There are unread messages above `after` and below `from`. */
  isUnreadBetween: (after: number, from: number) => boolean
}

export function useSkipping({ readUpTo, isUnreadBetween }: SkippingDeps) {
  /** Unread messages above what is on screen have not been there. */
  const isSkipping = ref(false)
  /** What arrived up to this number scrolled past somebody who was looking at the end. */
  let passed = 0
  let shownFrom = 0

  /** What begins with `from` is on screen. Returns true if nothing before it was jumped over. */
  function shows(from: number): boolean {
    shownFrom = from
    const readTo = Math.max(readUpTo(), passed)
    isSkipping.value = from > readTo + 1 && isUnreadBetween(readTo, from)
    return !isSkipping.value
  }

  return {
    isSkipping,
    shows,
    shownFrom: () => shownFrom,
    /** These arrived at the end, and the reader is there. */
    pass: (numbers: readonly number[]) => void (passed = Math.max(passed, ...numbers)),
    forget: () => void (passed = 0),
  }
}
