// A live list that is loaded page by page, newest first, and reloaded after events may have been missed.
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Feed } from './feed.ts'
import { liveList } from './live-list.ts'
import type { Refusal } from './refusal.ts'
import type { FeedEvent } from './feed-events.ts'
import type { LinkState } from './link-state.ts'

export interface Page<Item> {
  items: Item[]
  /** Where the next page begins; null: there is none. */
  next: string | null
}

export interface PagedListDeps<Item> {
  link: { feed: Pick<Feed, 'listen'>; state: LinkState }
  /** Requests the page from `before` on; without it, the newest. */
  ask: (before?: string) => Promise<Page<Item> | Refusal>
  keyOf: (item: Item) => string
  /** Applies an event to `items`; one that they already include changes nothing. */
  apply: (event: FeedEvent) => void
  /** The order of the pages, if it never changes: then older pages stay when the newest is reloaded. */
  compare?: (a: Item, b: Item) => number
}

/** Runs until the current scope ends. Loads at once, or with the connection that is about to come. */
export function usePagedList<Item>({ link, ask, keyOf, apply, compare }: PagedListDeps<Item>) {
  const items = shallowRef<readonly Item[]>([])
  const next = ref<string | null>(null)
  const isLoadingMore = ref(false)
  const list = liveList<Page<Item>, FeedEvent>({
    ask: () => {
      isLoadingMore.value = false
      return ask()
    },
    show,
    apply,
  })

  function show(page: Page<Item>): void {
    const older = olderThan(page)
    items.value = [...page.items, ...older]
    if (older.length === 0) next.value = page.next
  }

  /** Loaded items older than the page, if the two meet. */
  function olderThan(page: Page<Item>): Item[] {
    const edge = page.items.at(-1)
    if (compare === undefined || edge === undefined) return []
    const meets = items.value.some((item) => keyOf(item) === keyOf(edge))
    return meets ? items.value.filter((item) => compare(item, edge) > 0) : []
  }

  async function more(): Promise<void> {
    const before = next.value
    if (isLoadingMore.value || before === null) return
    isLoadingMore.value = true
    const outcome = await list.fetch(
      () => ask(before),
      (page) => {
        const known = new Set(items.value.map(keyOf))
        items.value = [...items.value, ...page.items.filter((item) => !known.has(keyOf(item)))]
        next.value = page.next
      },
    )
    if (outcome === 'late') return
    isLoadingMore.value = false
    list.refusal.value = outcome === 'here' ? undefined : outcome
  }

  const stop = link.feed.listen((event) => {
    if (event.type === 'welcome') list.loadSoon()
    else list.hear(event)
  })
  onScopeDispose(() => {
    stop()
    list.close()
  })
  if (link.state === 'connecting') list.loadOnceConnected()
  else void list.load()
  return {
    status: list.status,
    refusal: list.refusal,
    load: list.load,
    loadSoon: list.loadSoon,
    fetch: list.fetch,
    items,
    next,
    isLoadingMore,
    more,
  }
}
