// Which part of a thread is in memory, and how more of it comes: the message it begins with, and its replies without a
// hole between them up to the newest. The room it is in is open beside it, so that the feed tells everything.
import { ref, shallowRef } from 'vue'
import type { SpokenMessage, ThreadAnswer } from '../../server/protocol/http.ts'
import { withChange } from '../../server/protocol/timeline.ts'
import { emptyWindow, withNews, withOlder, type News, type Window } from '../room/window.ts'
import { threadPage } from '../wire/api.ts'
import { waitMs } from '../wire/back-off.ts'
import { isRefusal, mayRetry, type Refusal } from '../wire/refusal.ts'

export type ThreadStatus = 'loading' | 'ready' | 'failed' | 'missing'

export function useThreadPages(room: string, root: number) {
  const status = ref<ThreadStatus>('loading')
  const beginning = shallowRef<SpokenMessage>()
  const window = shallowRef<Window>(emptyWindow)
  const loadingBefore = ref(false)
  const beforeFailed = shallowRef<Refusal>()
  /** What was told since the page under way was asked for; undefined while none is. */
  let meanwhile: News[] | undefined
  let turn = 0
  let failures = 0
  let again: ReturnType<typeof setTimeout> | undefined

  /** Of the room's news what is of this thread. */
  const ofThread = ({ messages, changes }: News): News => ({
    messages: messages.filter((message) => message.kind === 'message' && message.thread === root),
    changes,
  })

  function take(news: News): void {
    window.value = withNews(window.value, ofThread(news))
    const state = news.messages.find(({ seq }) => seq === root)
    const before = beginning.value
    if (before === undefined) return
    const newer = state?.kind === 'message' && state.updatedSeq > before.updatedSeq ? state : before
    beginning.value = news.changes.reduce<SpokenMessage>(withChange, newer)
  }

  function hear(news: News): void {
    meanwhile?.push(news)
    if (status.value === 'ready') take(news)
  }

  /** Loads the newest replies, for the first time or again; what cannot be had now is asked for again by itself. */
  async function load(): Promise<void> {
    clearTimeout(again)
    const asked = (turn += 1)
    meanwhile = []
    const answer = await threadPage(room, root)
    if (asked !== turn) return
    const told = meanwhile
    meanwhile = undefined
    if (isRefusal(answer)) return fail(answer)
    failures = 0
    show(answer)
    told.forEach(take)
  }

  function show({ root: first, messages, hasBefore, hasAfter }: ThreadAnswer): void {
    beginning.value = first
    window.value = { messages, hasBefore, hasAfter }
    beforeFailed.value = undefined
    status.value = 'ready'
  }

  function fail({ code, retryAfterMs = 0 }: Refusal): void {
    if (code === 'not_found' || code === 'no_such_message' || code === 'bad_thread') status.value = 'missing'
    else if (status.value !== 'ready') status.value = 'failed'
    failures += 1
    if (mayRetry(code)) again = setTimeout(() => void load(), retryAfterMs + waitMs(failures))
  }

  async function retry(): Promise<void> {
    status.value = 'loading'
    await load()
  }

  async function loadBefore(): Promise<void> {
    const before = window.value.messages[0]?.seq
    if (loadingBefore.value || !window.value.hasBefore || before === undefined) return
    loadingBefore.value = true
    const asked = turn
    const answer = await threadPage(room, root, { before })
    loadingBefore.value = false
    if (asked !== turn) return
    beforeFailed.value = isRefusal(answer) ? answer : undefined
    if (!isRefusal(answer)) window.value = withOlder(window.value, answer)
  }

  /** Loads back to the reply `seq`, for who was led to it. */
  async function reach(seq: number): Promise<void> {
    while (window.value.hasBefore && (window.value.messages[0]?.seq ?? 0) > seq) {
      await loadBefore()
      if (beforeFailed.value !== undefined || status.value !== 'ready') return
    }
  }

  function close(): void {
    turn += 1
    clearTimeout(again)
  }

  return {
    status,
    beginning,
    window,
    loadingBefore,
    beforeFailed,
    load,
    retry,
    loadBefore,
    reach,
    hear,
    close,
  }
}
