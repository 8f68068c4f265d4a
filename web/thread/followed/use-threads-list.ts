// The list of followed threads, page by page, kept up to date by events.
import type { SpokenMessage } from '../../../server/protocol/http.ts'
import type { FollowedThread } from '../../../server/protocol/threads.ts'
import { isSpoken, withChange } from '../../../server/protocol/timeline.ts'
import { followedThreads } from '../../wire/api.ts'
import { useLink } from '../../wire/link.ts'
import { usePagedList, type Page } from '../../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'
import type { EntriesEvent, FeedEvent } from '../../wire/feed-events.ts'

const keyOf = ({ room, root }: FollowedThread) => `${room} ${root.seq}`

export function useThreadsList(own: () => string) {
  const list = usePagedList<FollowedThread>({ feed: useLink().feed, ask, keyOf, apply })
  const { items: threads } = list

  /** A reply counts once: it must be above the thread's newest. */
  function withNews(one: FollowedThread, { messages, changes }: EntriesEvent): FollowedThread {
    const replies = messages.filter(
      (message): message is SpokenMessage =>
        isSpoken(message) && message.thread === one.root.seq && message.seq > (one.last?.seq ?? 0),
    )
    const root = changes.reduce<SpokenMessage>(withChange, one.root)
    const last = replies.at(-1) ?? (one.last && changes.reduce<SpokenMessage>(withChange, one.last))
    const fresh = replies.filter(({ seq, user }) => seq > one.read && user.id !== own()).length
    return { ...one, root, last, unread: one.unread + fresh }
  }

  function apply(event: FeedEvent): void {
    if (event.type !== 'entries') return
    threads.value = threads.value.map((one) => (one.room === event.room ? withNews(one, event) : one))
  }

  return list
}

async function ask(before?: string): Promise<Page<FollowedThread> | Refusal> {
  const answer = await followedThreads(before)
  return isRefusal(answer) ? answer : { items: answer.threads, next: answer.next }
}
