// The title of the tab: "(3) garden · Brook", and a dot on the icon while something is unread.
import { refThrottled, useFavicon, useTitle } from '@vueuse/core'
import { computed, type Ref } from 'vue'

const waves =
  'M6 11c3.300-3.300 6.700 3.300 10 0s6.700 3.300 10 0M6 16.500c3.300-3.300 6.700 3.300 10 0s6.700 3.300 10 0M6 22c3.300-3.300 6.700 3.300 10 0s6.700 3.300 10 0'

const sign = (dot: string) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#00756f"/><path d="${waves}" fill="none" stroke="#fff" stroke-width="2.400" stroke-linecap="round"/>${dot}</svg>`,
  )}`

const plain = '/favicon.svg'
const withDot = sign('<circle cx="25" cy="7" r="6.500" fill="#e5484d" stroke="#fff" stroke-width="1.500"/>')

/** Setting a title costs a browser more than drawing a message: in a busy room it is updated once a second. */
const everyMs = 1_000

export function useTabTitle(count: Ref<number>, place: Ref<string | undefined>) {
  const unread = refThrottled(count, everyMs)
  const title = computed(() => {
    const where = place.value === undefined ? 'Brook' : `${place.value} · Brook`
    return unread.value > 0 ? `(${unread.value > 999 ? '999+' : unread.value}) ${where}` : where
  })
  useTitle(title)
  useFavicon(computed(() => (unread.value > 0 ? withDot : plain)))
}
