// The rows of a long list that are near the screen, each at its place; a short list is drawn whole, as if this were not here.
// Rows have data-index. The one that has the focus, or a menu open, stays drawn wherever the reader scrolls.
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/vue-virtual'
import { computed, proxyRefs, shallowRef, type Ref } from 'vue'

/** From so many rows on, only those near the screen are drawn. */
const long = 120
/** Places that are remembered: of some screens. */
const maxPlaces = 400
/** Before the list is measured: a tall screen. Pixels. */
const initialRect = { width: 300, height: 1_000 }

interface NearRowsDeps<Row> {
  rows: Readonly<Ref<readonly Row[]>>
  /** What scrolls, and the list in it. */
  scroller: Readonly<Ref<HTMLElement | null>>
  list: Readonly<Ref<HTMLElement | null>>
  /** Pixels, until it is drawn. */
  height: (row: Row) => number
}

export function useNearRows<Row extends { key: string }>({
  rows,
  scroller,
  list,
  height,
}: NearRowsDeps<Row>) {
  const isLong = computed(() => rows.value.length >= long)
  const kept = shallowRef<string>()
  const virtual = useVirtualizer<HTMLElement, HTMLElement>(
    computed(() => {
      const now = rows.value
      return {
        enabled: isLong.value,
        count: now.length,
        getScrollElement: () => scroller.value,
        getItemKey: (index: number) => now[index]?.key ?? index,
        estimateSize: (index: number) => (now[index] ? height(now[index]) : 0),
        scrollMargin: list.value?.offsetTop ?? 0,
        initialRect,
        overscan: 10,
        rangeExtractor: (range) => {
          const near = defaultRangeExtractor(range)
          const at = kept.value === undefined ? -1 : now.findIndex(({ key }) => key === kept.value)
          return at < 0 || near.includes(at) ? near : [...near, at].sort((a, b) => a - b)
        },
      }
    }),
  )

  const placed = computed(() => {
    if (!isLong.value) return rows.value.map((row) => ({ row, place: {} }))
    const { options } = virtual.value
    return virtual.value.getVirtualItems().flatMap(({ index, start }) => {
      const row = rows.value[index]
      if (row === undefined) return []
      return [{ row, place: placeOf(row.key, index, start - options.scrollMargin) }]
    })
  })

  /** The same object for the same place: a row that has not moved is not drawn again. */
  const places = new Map<string, { at: string; place: object }>()
  function placeOf(key: string, index: number, top: number): object {
    const at = `${index} ${top} ${rows.value.length}`
    const known = places.get(key)
    if (known?.at === at) return known.place
    if (places.size > maxPlaces) places.clear()
    const place = {
      style: { position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${top}px)` },
      'data-index': index,
      'aria-posinset': index + 1,
      'aria-setsize': rows.value.length,
      onVnodeMounted: measured,
    }
    places.set(key, { at, place })
    return place
  }
  const measured = ({ el }: { el: unknown }) => el instanceof HTMLElement && virtual.value.measureElement(el)

  return proxyRefs({
    rows: placed,
    /** Of the list. */
    box: computed(() =>
      isLong.value
        ? { style: { position: 'relative' as const, height: `${virtual.value.getTotalSize()}px` } }
        : {},
    ),
    keep: (event: FocusEvent): void => {
      const at = (event.target as Element).closest<HTMLElement>('[data-index]')?.dataset['index']
      kept.value = at === undefined ? undefined : rows.value[Number(at)]?.key
    },
  })
}
