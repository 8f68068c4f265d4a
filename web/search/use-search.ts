// One search: what is typed becomes a question after a pause, and the newest question's answer stays.
import { useLocalStorage } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { parseQuery, spanOf, type TimeOf } from '../../server/protocol/query.ts'
import type { Hit, SearchAnswer } from '../../server/protocol/search.ts'
import { search } from '../wire/api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

/** Long enough not to ask for every letter, short enough to feel at once. */
const pauseMs = 300
const recentMost = 8

/** Days are the reader's own. */
const local: TimeOf = (year, month, day) => new Date(year, month, day).getTime()

export function useSearch(start: string) {
  const typed = ref(start)
  const query = computed(() => parseQuery(typed.value))
  const status = ref<'idle' | 'loading' | 'ready' | 'failed'>('idle')
  const hits = shallowRef<Hit[]>([])
  const answer = shallowRef<Omit<SearchAnswer, 'hits'>>()
  const refusal = shallowRef<Refusal>()
  const isLoadingMore = ref(false)
  const recent = useLocalStorage<string[]>('brook.searches', [])
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function fetchPage(cursor?: string): Promise<SearchAnswer | Refusal> {
    const { since, until } = spanOf(query.value.filters, local)
    return search({
      q: typed.value.trim(),
      ...(since === undefined ? {} : { after: since - 1 }),
      ...(until === undefined ? {} : { before: until }),
      ...(cursor === undefined ? {} : { cursor }),
    })
  }

  /** Asks now. */
  async function run(): Promise<void> {
    clearTimeout(timer)
    const number = ++asked
    refusal.value = undefined
    isLoadingMore.value = false
    if (query.value.problem !== undefined) {
      status.value = 'idle'
      hits.value = []
      return
    }
    status.value = 'loading'
    const page = await fetchPage()
    if (number !== asked) return
    if (isRefusal(page)) {
      refusal.value = page
      status.value = 'failed'
      hits.value = []
      return
    }
    hits.value = page.hits
    answer.value = page
    status.value = 'ready'
  }

  async function more(): Promise<void> {
    const cursor = answer.value?.cursor
    if (isLoadingMore.value || cursor === undefined || cursor === null) return
    isLoadingMore.value = true
    const number = asked
    const page = await fetchPage(cursor)
    if (number !== asked) return
    isLoadingMore.value = false
    refusal.value = isRefusal(page) ? page : undefined
    if (isRefusal(page)) return
    hits.value = [...hits.value, ...page.hits]
    answer.value = page
  }

  /** What led somewhere is offered again. */
  function remember(): void {
    const words = typed.value.trim()
    if (words !== '')
      recent.value = [words, ...recent.value.filter((one) => one !== words)].slice(0, recentMost)
  }

  watch(typed, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void run(), pauseMs)
  })
  if (start !== '') void run()
  onScopeDispose(() => {
    asked += 1
    clearTimeout(timer)
  })
  return { typed, query, status, hits, answer, refusal, isLoadingMore, recent, run, more, remember }
}
