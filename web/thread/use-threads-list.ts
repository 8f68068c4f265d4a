// The list of threads one follows, page by page, and kept true by what is told.
import { onScopeDispose } from 'vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { FollowedThread } from '../../server/protocol/threads.ts'
import { withChange } from '../../server/protocol/timeline.ts'
import { followedThreads } from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { usePagedList } from '../wire/paged-list.ts'
import { isRefusal } from '../wire/refusal.ts'
import type { EntriesTold, Told } from '../wire/told.ts'

const keyOf = ({ room, root }: FollowedThread) => `${room} ${root.seq}`

export function useThreadsList(own: () => string) {
  const link = useLink()
  const list = usePagedList(async (before) => {
    const answer = await followedThreads(before)
    return isRefusal(answer) ? answer : { items: answer.threads, next: answer.next }
  }, keyOf)
  const { status, items: threads, load } = list

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
  return list
}
