// One search: the typed text becomes a request after a pause, and the answer to the newest request is shown.
import { useLocalStorage } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { parseQuery, spanOf, type Query, type TimeOf, type Word } from '../../server/protocol/query.ts'
import type { Hit, SearchAnswer, SearchQuery } from '../../server/protocol/search.ts'
import { useSession } from '../account/session.ts'
import { useCache } from '../offline/cache.ts'
import { searchHere } from '../offline/search.ts'
import { useRooms } from '../rooms/rooms.ts'
import { search } from '../wire/api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

/** Long enough not to search for every letter, short enough to feel instant. */
const pauseMs = 300
const recentMost = 8

/** Days are local. */
const local: TimeOf = (year, month, day) => new Date(year, month, day).getTime()

export function useSearch(start: string) {
  const typed = ref(start)
  const query = computed(() => parseQuery(typed.value))
  const status = ref<'idle' | 'loading' | 'ready' | 'failed'>('idle')
  const hits = shallowRef<Hit[]>([])
  const answer = shallowRef<Omit<Answered, 'hits'>>()
  const refusal = shallowRef<Refusal>()
  const isLoadingMore = ref(false)
  const next = computed(() => answer.value?.cursor ?? null)
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const fetchPage = usePages(typed, query)

  function nothingFound(as: 'idle' | 'failed', why?: Refusal): void {
    refusal.value = why
    status.value = as
    hits.value = []
  }

  /** Searches now. */
  async function load(): Promise<void> {
    clearTimeout(timer)
    const number = ++asked
    refusal.value = undefined
    isLoadingMore.value = false
    if (query.value.problem !== undefined) return nothingFound('idle')
    status.value = 'loading'
    const page = await fetchPage()
    if (number !== asked) return
    if (isRefusal(page)) return nothingFound('failed', page)
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

  /** Searches for these words at once. */
  function again(words: string): void {
    typed.value = words
    void load()
  }

  watch(typed, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), pauseMs)
  })
  if (start !== '') void load()
  onScopeDispose(() => {
    asked += 1
    clearTimeout(timer)
  })
  return {
    typed,
    query,
    status,
    hits,
    answer,
    refusal,
    isLoadingMore,
    next,
    load,
    more,
    again,
    ...useRecent(typed),
  }
}

/** With the words that were searched for: what is typed may have gone on. */
interface Answered extends SearchAnswer {
  words: readonly Word[]
  /** The server could not be asked: in so many rooms of this device. */
  here?: number
}

/** The page from `cursor` on; without it, the first. */
function usePages(typed: Ref<string>, parsed: Ref<Query>) {
  const cache = useCache()
  const rooms = useRooms()
  const session = useSession()

  /** What is on this device of it. Undefined: nothing is. */
  async function fromHere(query: SearchQuery): Promise<(SearchAnswer & { here: number }) | undefined> {
    const open = await cache.ready()
    if (open === undefined) return undefined
    const found = await searchHere({
      copies: open.copies,
      rooms: rooms.joined,
      own: session.user?.id ?? '',
      query,
    })
    return { hits: found.hits, here: found.rooms, cursor: null, complete: true, behind: 0 }
  }

  return async (cursor?: string): Promise<Answered | Refusal> => {
    const q = typed.value.trim()
    const { words, filters } = parsed.value
    const { since, until } = spanOf(filters, local)
    const query: SearchQuery = {
      q,
      ...(since === undefined ? {} : { after: since - 1 }),
      ...(until === undefined ? {} : { before: until }),
      ...(cursor === undefined ? {} : { cursor }),
    }
    const answer = await search(query)
    if (!isRefusal(answer)) return { ...answer, words }
    const here = answer.code === 'unreachable' && cursor === undefined ? await fromHere(query) : undefined
    return here === undefined ? answer : { ...here, words }
  }
}

/** The last searches that led somewhere. */
function useRecent(typed: Ref<string>) {
  const recent = useLocalStorage<string[]>('brook.searches', [])

  /** A search that led somewhere is offered again. */
  function remember(): void {
    const words = typed.value.trim()
    if (words !== '')
      recent.value = [words, ...recent.value.filter((one) => one !== words)].slice(0, recentMost)
  }

  return { recent, remember }
}
