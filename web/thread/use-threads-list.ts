// The list of threads one follows, page by page, and kept true by what is told.
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { FollowedThread } from '../../server/protocol/threads.ts'
import { withChange } from '../../server/protocol/timeline.ts'
import { followedThreads } from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { EntriesTold, Told } from '../wire/told.ts'

const keyOf = ({ room, root }: FollowedThread) => `${room} ${root.seq}`

export function useThreadsList(own: () => string) {
  const link = useLink()
  const status = ref<'loading' | 'ready' | 'failed'>('loading')
  const threads = shallowRef<FollowedThread[]>([])
  const next = ref<string | null>(null)
  const refusal = shallowRef<Refusal>()
  const isLoadingMore = ref(false)
  let turn = 0

  async function load(): Promise<void> {
    const asked = (turn += 1)
    if (status.value === 'failed') status.value = 'loading'
    isLoadingMore.value = false
    const answer = await followedThreads()
    if (asked !== turn) return
    refusal.value = isRefusal(answer) ? answer : undefined
    if (isRefusal(answer)) {
      if (status.value === 'loading') status.value = 'failed'
      return
    }
    threads.value = answer.threads
    next.value = answer.next
    status.value = 'ready'
  }

  async function more(): Promise<void> {
    if (isLoadingMore.value || next.value === null) return
    isLoadingMore.value = true
    const asked = turn
    const answer = await followedThreads(next.value)
    if (asked !== turn) return
    isLoadingMore.value = false
    refusal.value = isRefusal(answer) ? answer : undefined
    if (isRefusal(answer)) return
    const known = new Set(threads.value.map(keyOf))
    threads.value = [...threads.value, ...answer.threads.filter((one) => !known.has(keyOf(one)))]
    next.value = answer.next
  }

  /** A reply is counted once: it is above the thread's newest. */
  function withNews(one: FollowedThread, { messages, changes }: EntriesTold): FollowedThread {
    const replies = messages.filter(
      (message): message is SpokenMessage =>
        message.kind === 'message' && message.thread === one.root.seq && message.seq > (one.last?.seq ?? 0),
    )
    const root = changes.reduce<SpokenMessage>(withChange, one.root)
    const last = replies.at(-1) ?? (one.last && changes.reduce<SpokenMessage>(withChange, one.last))
    const fresh = replies.filter(({ seq, user }) => seq > one.read && user.id !== own()).length
    return { ...one, root, last, unread: one.unread + fresh }
  }

  function hear(told: Told): void {
    if (told.type === 'entries')
      threads.value = threads.value.map((one) => (one.room === told.room ? withNews(one, told) : one))
    if (told.type === 'welcome' && status.value === 'ready') void load()
  }

  onScopeDispose(link.feed.listen(hear))
  onScopeDispose(() => (turn += 1))
  void load()
  return { status, threads, next, refusal, isLoadingMore, load, more }
}
