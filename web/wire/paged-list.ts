// A list that comes page by page, newest first, and may be loaded anew at any time: an answer from before that is passed over.
import { onScopeDispose, ref, shallowRef } from 'vue'
import { isRefusal, type Refusal } from './refusal.ts'

export interface Page<Item> {
  items: Item[]
  /** Where the next page begins; null: there is none. */
  next: string | null
}

export function usePagedList<Item>(
  ask: (before?: string) => Promise<Page<Item> | Refusal>,
  keyOf: (item: Item) => string,
) {
  const status = ref<'loading' | 'ready' | 'failed'>('loading')
  const items = shallowRef<Item[]>([])
  const next = ref<string | null>(null)
  const refusal = shallowRef<Refusal>()
  const isLoadingMore = ref(false)
  let turn = 0

  async function load(): Promise<void> {
    const asked = (turn += 1)
    if (status.value === 'failed') status.value = 'loading'
    isLoadingMore.value = false
    const answer = await ask()
    if (asked !== turn) return
    refusal.value = isRefusal(answer) ? answer : undefined
    if (isRefusal(answer)) {
      if (status.value === 'loading') status.value = 'failed'
      return
    }
    items.value = answer.items
    next.value = answer.next
    status.value = 'ready'
  }

  async function more(): Promise<void> {
    if (isLoadingMore.value || next.value === null) return
    isLoadingMore.value = true
    const asked = turn
    const answer = await ask(next.value)
    if (asked !== turn) return
    isLoadingMore.value = false
    refusal.value = isRefusal(answer) ? answer : undefined
    if (isRefusal(answer)) return
    const known = new Set(items.value.map(keyOf))
    items.value = [...items.value, ...answer.items.filter((item) => !known.has(keyOf(item)))]
    next.value = answer.next
  }

  onScopeDispose(() => (turn += 1))
  void load()
  return { status, items, next, refusal, isLoadingMore, load, more }
}
