// Whether the reader is at the end of a conversation: new messages of others are on screen as they arrive.
import { computed, ref, shallowRef } from 'vue'
import { limits } from '../../../server/protocol/limits.ts'

/**
 * The time to draw a message and see it on screen; after that, a message that was not seen means that the reader is
 * away.
 */
const graceMs = 400

/** `tell` is called when the reader has reached the end, or left it. */
export function useAtEnd(tell: () => void) {
  const isAtEnd = ref(false)
  /** When each unseen message of others arrived; of very many, the first ones. */
  const fresh = shallowRef<ReadonlyMap<number, number>>(new Map())
  const unseen = computed(() => (isAtEnd.value ? 0 : fresh.value.size))
  /** The last number on screen; undefined while nobody looks. */
  let shown: number | undefined
  let looking: ReturnType<typeof setTimeout> | undefined

  /** Others have posted these. */
  function hear(numbers: readonly number[]): void {
    const next = new Map(fresh.value)
    for (const seq of numbers) if (next.size < limits.maxUnread) next.set(seq, Date.now())
    fresh.value = next
    if (isAtEnd.value) looking ??= setTimeout(look, graceMs)
  }

  /** Everything up to `seq` has been on screen. */
  function seenTo(seq: number): void {
    fresh.value = new Map([...fresh.value].filter(([number]) => number > seq))
    if (isBehind() || isAtEnd.value) return
    isAtEnd.value = true
    tell()
  }

  /** Something that arrived a while ago has not been on screen yet. */
  const isBehind = (): boolean => [...fresh.value.values()].some((heardAt) => heardAt <= Date.now() - graceMs)

  function look(): void {
    looking = undefined
    if (isBehind()) leave()
    else if (fresh.value.size > 0) looking = setTimeout(look, graceMs)
  }

  /** The reader has looked away, or has missed something. */
  function leave(): void {
    shown = undefined
    clearTimeout(looking)
    looking = undefined
    if (!isAtEnd.value) return
    isAtEnd.value = false
    tell()
  }

  return {
    isAtEnd,
    unseen,
    /** The numbers of messages of others that have not been on screen. */
    fresh: () => [...fresh.value.keys()],
    shown: () => shown,
    /** `seq` is on screen, and nothing newer. */
    show: (seq: number) => void (shown = seq),
    hear,
    seenTo,
    leave,
    forget: () => void (fresh.value = new Map()),
  }
}
