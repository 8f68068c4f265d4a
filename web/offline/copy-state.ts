// Whether what a room shows comes from this device and waits for what has come since, and when it was complete.
import { ref } from 'vue'
import { useLink } from '../wire/link.ts'
import { useCache } from './cache.ts'

export function useCopyState(room: string) {
  const link = useLink()
  const cache = useCache()
  const isFromCopy = ref(false)
  /** When the copy was complete (ms). */
  const copiedAt = ref<number>()

  return {
    /** The newest page is from this device, as it was `at`. */
    taken(at: number): void {
      copiedAt.value = at
      isFromCopy.value = true
    },
    /** Something has come. Returns true if with it the copy is whole now. */
    heard(): boolean {
      const was = isFromCopy.value
      isFromCopy.value = link.feed.isFromCopy(room)
      return was && !isFromCopy.value
    },
    /** Numbers after `upTo` exist and are not here. */
    lacks: (upTo: number, newest: number): boolean => isFromCopy.value && upTo > 0 && newest > upTo,
    /** When what is shown was complete (ms): at the last contact, if it reached the newest number that was known then. */
    asOf: (upTo: number, newest: number): number | undefined =>
      upTo >= newest ? cache.contactAt : (copiedAt.value ?? cache.contactAt),
  }
}
