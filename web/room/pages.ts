// Which part of a room's history is in memory, which part of that the list shows, and how more of both comes. Holds the
// window and the span; the feed is told how far the window reaches. Phases of loading: 1 the feed begins to tell, 2 the page is asked for, 3 the two are joined.
import { computed, ref, shallowRef } from 'vue'
import { limits } from '../../server/protocol/limits.ts'
import type { PageAnswer } from '../../server/protocol/http.ts'
import { page, type PlaceInRoom } from '../wire/api.ts'
import { waitMs } from '../wire/back-off.ts'
import type { Feed } from '../wire/feed.ts'
import { isRefusal, mayRetry, type Refusal } from '../wire/refusal.ts'
import { around, atEnd, keepLower, keepUpper, spannedOf, stepDown, stepUp, whole } from './span.ts'
import {
  emptyWindow,
  fromPage,
  messageOf,
  newestOf,
  withNewer,
  withNews,
  withOlder,
  type News,
  type Window,
} from './window.ts'

export type RoomStatus = 'loading' | 'ready' | 'failed' | 'missing'

/** What stays in memory of a room that nobody looks at; a few tall screens. */
const restingCount = 200
/** A busy room on screen for a month: from `most` on, some 60 MB, what is far above a reader at the end is let go. */
const onScreen = { most: 100_000, kept: 50_000 } as const

export interface PagesDoors {
  room: string
  feed: Feed
  /** How many messages the first page should have, so that the first unread one is on it. */
  wanted: () => number
  /** The reader is at the end of the room, or there is none. */
  isAtEnd: () => boolean
  /** The list stands at the newest, whether or not anybody looks. */
  isPinned: () => boolean
  /** How many messages a room on screen has in memory. */
  mostInMemory?: { most: number; kept: number }
  /** The newest page is here, for the first time or again. */
  opened: () => void
}

export function usePages({
  room,
  feed,
  wanted,
  isAtEnd,
  isPinned,
  mostInMemory = onScreen,
  opened,
}: PagesDoors) {
  const status = ref<RoomStatus>('loading')
  const window = shallowRef<Window>(emptyWindow)
  const span = shallowRef(whole)
  /** What the list has rows of. */
  const shown = computed(() => spannedOf(window.value, span.value))
  const loadingBefore = ref(false)
  const beforeFailed = shallowRef<Refusal>()
  const aroundSeq = ref<number>()
  /** What was told since the page under way was asked for; undefined while none is. */
  let meanwhile: News[] | undefined
  /** Counts the windows: the answer to a question about an earlier one is nobody's. */
  let turn = 0
  let loadingAfter = false
  let failures = 0
  let again: ReturnType<typeof setTimeout> | undefined

  const first = (): number | undefined => window.value.messages[0]?.seq
  const last = (): number => window.value.messages.at(-1)?.seq ?? 0

  async function ask(place: PlaceInRoom): Promise<PageAnswer | Refusal | undefined> {
    const asked = turn
    const answer = await page(room, { ...place, view: 'room' })
    return asked === turn ? answer : undefined
  }

  /** Puts another window in place of this one. `overtaken`: yet another one was asked for meanwhile. */
  async function show(place: PlaceInRoom): Promise<Refusal | 'overtaken' | undefined> {
    turn += 1
    begin()
    const answer = await ask(place)
    if (answer === undefined) return 'overtaken'
    const live = end()
    if (isRefusal(answer)) return answer
    window.value = fromPage(answer, live)
    span.value = whole
    beforeFailed.value = undefined
    status.value = 'ready'
    reached(answer)
    return undefined
  }

  function begin(): void {
    meanwhile = []
    feed.open(room)
  }

  function end(): News[] {
    const told = meanwhile ?? []
    meanwhile = undefined
    return told
  }

  /** A page was put in: does the window reach the end of the room with it? */
  function reached({ hasAfter, upTo }: PageAnswer): void {
    if (hasAfter) feed.release(room)
    else feed.keep(room, upTo)
  }

  /** Loads the newest page, for the first time or again; what cannot be had now is asked for again by itself. */
  async function load(): Promise<void> {
    clearTimeout(again)
    const refusal = await show({ limit: wanted() })
    if (refusal === 'overtaken') return
    if (refusal === undefined) {
      failures = 0
      return opened()
    }
    if (refusal.code === 'not_found') status.value = 'missing'
    // A room that can be read already stays on screen while its newer part is asked for.
    else if (status.value !== 'ready') status.value = 'failed'
    failures += 1
    const wait = (refusal.retryAfterMs ?? 0) + waitMs(failures)
    if (mayRetry(refusal.code)) again = setTimeout(() => void load(), wait)
  }

  /** Loads again what failed. */
  async function retry(): Promise<void> {
    if (status.value === 'ready') return beforeFailed.value === undefined ? undefined : loadBefore()
    status.value = 'loading'
    await load()
  }

  /** Shows more above: from memory or, where that ends, the page before it. While it loads, asking again does nothing. */
  async function loadBefore(): Promise<void> {
    const above = stepUp(window.value, span.value)
    if (above !== undefined) return void (span.value = above)
    const before = first()
    if (loadingBefore.value || !window.value.hasBefore || before === undefined) return
    loadingBefore.value = true
    const answer = await ask({ before })
    loadingBefore.value = false
    if (answer === undefined) return
    beforeFailed.value = isRefusal(answer) ? answer : undefined
    if (isRefusal(answer)) return
    window.value = withOlder(window.value, answer)
    span.value = keepUpper(window.value, span.value)
  }

  /** Shows more below: from memory or, where that ends, the page after it. */
  async function loadAfter(): Promise<void> {
    const below = stepDown(window.value, span.value)
    if (below !== undefined) return void (span.value = below)
    if (loadingAfter || !window.value.hasAfter) return
    loadingAfter = true
    begin()
    const answer = await ask({ after: last() })
    loadingAfter = false
    if (answer === undefined) return
    const live = end()
    if (isRefusal(answer)) return
    window.value = live.reduce(withNews, withNewer(window.value, answer))
    span.value = keepLower(window.value, span.value)
    reached(answer)
  }

  /** Leads back to the end of the room; where the window reaches it, there is nothing to do. */
  async function toNewest(): Promise<void> {
    aroundSeq.value = undefined
    if (window.value.hasAfter) await show({ limit: limits.page.usual })
    else if (span.value.to !== Infinity) span.value = atEnd(window.value)
  }

  /** Shows the messages around `seq`. */
  async function goTo(seq: number): Promise<Refusal | undefined> {
    const isHere = messageOf(window.value, seq) !== undefined
    if (isHere) span.value = around(window.value, span.value, seq)
    const refusal = isHere ? undefined : await show({ around: seq })
    if (refusal === undefined) aroundSeq.value = seq
    return refusal === 'overtaken' ? undefined : refusal
  }

  function hear(news: News): void {
    meanwhile?.push(news)
    if (status.value === 'ready') window.value = withNews(window.value, news)
    if (window.value.messages.length > mostInMemory.most && isAtEnd()) {
      window.value = newestOf(window.value, mostInMemory.kept)
    }
    span.value = (isPinned() ? keepLower : keepUpper)(window.value, span.value)
  }

  /** Nobody looks: back at the end, and no more than that. */
  function rest(): void {
    aroundSeq.value = undefined
    if (window.value.hasAfter) void show({ limit: limits.page.usual })
    else window.value = newestOf(window.value, restingCount)
    span.value = whole
  }

  function close(): void {
    turn += 1
    clearTimeout(again)
    feed.release(room)
  }

  return {
    status,
    window,
    shown,
    loadingBefore,
    /** Why there is no more above the first that is shown. */
    beforeFailed: computed(() =>
      stepUp(window.value, span.value) === undefined ? beforeFailed.value : undefined,
    ),
    aroundSeq,
    load,
    retry,
    loadBefore,
    loadAfter,
    toNewest,
    goTo,
    hear,
    rest,
    close,
  }
}
