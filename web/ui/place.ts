// The place in a list that is kept for Back: the item that was opened, where it stood, and the focus on it. For ListScreen.
import { nextTick, onMounted, watch, type Ref } from 'vue'
import type { ListView } from './list-view.ts'

interface Place {
  /** The address of the item. */
  href: string
  /** Its distance from the top of the list's window, in px. */
  top: number
}

/** By the position in the browser's history and the address, so that a list that is opened anew begins at its top. */
const places = new Map<string, Place>()
const here = () => `${(history.state as { position?: number } | null)?.position ?? ''} ${location.href}`
/** Pages that are loaded at most to find the item again. */
const maxPages = 10

export function usePlace(list: () => ListView, scroller: Readonly<Ref<HTMLElement | null>>) {
  const place = places.get(here())
  places.delete(here())

  const offset = (item: Element) =>
    item.getBoundingClientRect().top - (scroller.value?.getBoundingClientRect().top ?? 0)
  const find = (href: string) =>
    scroller.value?.querySelector<HTMLElement>(`li a[href="${CSS.escape(href)}"]`) ?? undefined

  /** Before an item of the list is opened. */
  function remember(event: Event): void {
    const item = event.target instanceof Element ? event.target.closest('a[href]') : null
    const href = item?.getAttribute('href')
    if (item && href) places.set(here(), { href, top: offset(item) })
  }

  async function goBack({ href, top }: Place): Promise<void> {
    for (let pages = 0; find(href) === undefined && list().next !== null && pages < maxPages; pages += 1) {
      await list().more()
      await nextTick()
    }
    const item = find(href)
    // Whoever has gone elsewhere meanwhile stays there; the list has the focus if what had it before is gone.
    const isWaiting = [document.body, scroller.value].includes(document.activeElement as HTMLElement)
    if (!item || !scroller.value || !isWaiting) return
    item.focus({ preventScroll: true })
    scroller.value.scrollTop += offset(item) - top
  }

  onMounted(() => {
    if (place === undefined) return
    const stop = watch(
      () => list().status,
      async (status) => {
        if (status !== 'ready' && status !== 'failed') return
        await nextTick()
        stop()
        if (status === 'ready') await goBack(place)
      },
      { immediate: true, flush: 'post' },
    )
  })
  return { remember, isReturning: place !== undefined }
}
