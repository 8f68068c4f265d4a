// The list of what one has saved, page by page. What is taken off it stays in sight until one leaves, to be put back.
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Message } from '../../server/protocol/http.ts'
import type { SavedItem } from '../../server/protocol/saved.ts'
import { withChange } from '../../server/protocol/timeline.ts'
import { savedPage } from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { Told } from '../wire/told.ts'

const keyOf = ({ room, seq }: { room: string; seq: number }) => `${room} ${seq}`

export function useSavedList() {
  const link = useLink()
  const status = ref<'loading' | 'ready' | 'failed'>('loading')
  const items = shallowRef<SavedItem[]>([])
  const next = ref<string | null>(null)
  const refusal = shallowRef<Refusal>()
  const isLoadingMore = ref(false)
  let turn = 0

  async function load(): Promise<void> {
    const asked = (turn += 1)
    if (status.value === 'failed') status.value = 'loading'
    isLoadingMore.value = false
    const answer = await savedPage()
    if (asked !== turn) return
    refusal.value = isRefusal(answer) ? answer : undefined
    if (isRefusal(answer)) {
      if (status.value === 'loading') status.value = 'failed'
      return
    }
    items.value = answer.saved
    next.value = answer.next
    status.value = 'ready'
  }

  async function more(): Promise<void> {
    if (isLoadingMore.value || next.value === null) return
    isLoadingMore.value = true
    const asked = turn
    const answer = await savedPage(next.value)
    if (asked !== turn) return
    isLoadingMore.value = false
    refusal.value = isRefusal(answer) ? answer : undefined
    if (isRefusal(answer)) return
    const known = new Set(items.value.map(keyOf))
    items.value = [...items.value, ...answer.saved.filter((item) => !known.has(keyOf(item)))]
    next.value = answer.next
  }

  function hear(told: Told): void {
    if (told.type === 'saved' && told.on && !items.value.some((item) => keyOf(item) === keyOf(told)))
      return void load()
    if (told.type !== 'entries' || told.changes.length === 0) return
    items.value = items.value.map((item) =>
      item.room !== told.room || item.message === null
        ? item
        : { ...item, message: told.changes.reduce<Message>(withChange, item.message) },
    )
  }

  onScopeDispose(link.feed.listen(hear))
  onScopeDispose(() => (turn += 1))
  void load()
  return { status, items, next, refusal, isLoadingMore, load, more }
}
