// The loaded history of a conversation: the first page, another window around a message or at the newest, and what
// arrives meanwhile. held.ts has what is in memory, edges.ts loads more of it, page-reader.ts merges pages with what
// arrives.
import { ref, type Ref } from 'vue'
import { limits } from '../../../server/protocol/limits.ts'
import type { PlaceInRoom } from '../../wire/api.ts'
import { waitMs } from '../../wire/back-off.ts'
import { isRefusal, mayRetry, type Refusal } from '../../wire/refusal.ts'
import type { TimelineStatus } from '../timeline.ts'
import { useEdges } from './edges.ts'
import { useHeld, type Held } from './held.ts'
import { usePageReader } from './page-reader.ts'
import type { PageSource } from './source.ts'
import { fromPage, type News } from './window.ts'

/** What stays in memory of a room that nobody looks at: a few tall screens. */
const restingCount = 200
/** A busy room on screen for a month: from `max` on, some 60 MB, messages far from its reader are dropped. */
const onScreen = { max: 100_000, kept: 50_000 } as const

/** The room does not exist, or this person may not know of it. */
const missingCodes: ReadonlySet<string> = new Set(['not_found', 'no_such_message', 'bad_thread'])

export interface PagesDeps {
  source: PageSource
  /** How many messages the first page should have, so that it includes the first unread one. */
  wanted: () => number
  /** The reader is at the end, or there is none. */
  isAtEnd: () => boolean
  /** The list is at the newest, whether or not anybody looks. */
  isPinned: () => boolean
  /** How many messages a room on screen keeps in memory. */
  maxInMemory?: { max: number; kept: number }
  /** The newest page is loaded, for the first time or again. */
  opened: () => void
}

/** Why a window was not shown; `overtaken`: another one was requested meanwhile. */
type NotShown = Refusal | 'overtaken'
type Show = (place: PlaceInRoom) => Promise<NotShown | undefined>

export function usePages(deps: PagesDeps) {
  const { source, isAtEnd, isPinned, maxInMemory = onScreen } = deps
  const status = ref<TimelineStatus>('loading')
  const held = useHeld()
  const { window, shown } = held
  const reader = usePageReader(source)
  const { loadingBefore, beforeFailed, loadBefore, loadAfter, ...edges } = useEdges(held, reader)
  const newest = useNewestPage(deps, status, show)
  const { aroundSeq, toNewest, goTo, rest } = useLeading(held, show, stop)

  /** Replaces this window with another. */
  async function show(place: PlaceInRoom): Promise<NotShown | undefined> {
    reader.restart()
    reader.begin()
    const answer = await reader.read(place)
    if (answer === undefined) return 'overtaken'
    const live = reader.end()
    if (isRefusal(answer)) return answer
    held.replace(fromPage(answer, live))
    edges.forget()
    status.value = 'ready'
    reader.reached(answer)
    return undefined
  }

  /** The window stays, instead of the one that is loading. */
  function stop(): void {
    reader.restart()
    reader.end()
    if (window.value.hasAfter) reader.release()
  }

  /** Loads again what failed. */
  async function retry(): Promise<void> {
    if (status.value === 'ready') return edges.hasFailed() ? loadBefore() : undefined
    status.value = 'loading'
    await newest.load()
  }

  function hear({ messages, changes }: News): void {
    const news = { messages: messages.filter(source.isHere), changes }
    reader.hear(news)
    if (status.value === 'ready') held.addNews(news)
    held.cutShown(isPinned())
    if (window.value.messages.length > maxInMemory.max) bound()
  }

  /** Whoever is at the newest has no use for what is far above; whoever reads elsewhere, for what is far from there. */
  function bound(): void {
    if (isAtEnd() || isPinned()) return held.cut(maxInMemory.kept)
    held.cutAround(maxInMemory.kept)
    if (window.value.hasAfter) reader.release()
  }

  function close(): void {
    reader.restart()
    newest.close()
    reader.release()
  }

  return {
    status,
    window,
    shown,
    loadingBefore,
    beforeFailed,
    aroundSeq,
    load: newest.load,
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

/** Shows another part of the conversation: from memory, or in another window. */
function useLeading(held: Held, show: Show, stop: () => void) {
  const { window } = held
  const aroundSeq = ref<number>()
  /** The window that is loading because somebody was led there, or has left. */
  let loading: Promise<unknown> | undefined

  async function load(place: PlaceInRoom): Promise<NotShown | undefined> {
    const mine = show(place)
    loading = mine
    const refusal = await mine
    if (loading === mine) loading = undefined
    return refusal
  }

  /** Back to the end of the room; if the window reaches it, there is nothing to load. */
  async function toNewest(): Promise<void> {
    aroundSeq.value = undefined
    if (window.value.hasAfter) await load({ limit: limits.page.default })
    else held.showEnd()
  }

  /** Shows the messages around `seq`. */
  async function goTo(seq: number): Promise<Refusal | undefined> {
    const isHere = held.showAround(seq)
    // They are back before it was loaded: it must not take them away again.
    if (isHere && loading !== undefined) stop()
    const refusal = isHere ? undefined : await load({ around: seq })
    if (refusal === undefined) aroundSeq.value = seq
    return refusal === 'overtaken' ? undefined : refusal
  }

  /** Nobody looks: keep only the end. */
  function rest(): void {
    aroundSeq.value = undefined
    if (window.value.hasAfter) void load({ limit: limits.page.default })
    else held.cut(restingCount)
    held.showWhole()
  }

  return { aroundSeq, toNewest, goTo, rest }
}

/** The newest page, for the first time or again; retried automatically if it cannot be loaded. */
function useNewestPage({ wanted, opened }: PagesDeps, status: Ref<TimelineStatus>, show: Show) {
  let failures = 0
  let again: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    clearTimeout(again)
    const refusal = await show({ limit: wanted() })
    if (refusal === 'overtaken') return
    if (refusal === undefined) {
      failures = 0
      return opened()
    }
    if (missingCodes.has(refusal.code)) status.value = 'missing'
    // What is already readable stays on screen while its newer part is loaded.
    else if (status.value !== 'ready') status.value = 'failed'
    failures += 1
    const wait = (refusal.retryAfterMs ?? 0) + waitMs(failures)
    if (mayRetry(refusal.code)) again = setTimeout(() => void load(), wait)
  }

  return { load, close: () => clearTimeout(again) }
}
