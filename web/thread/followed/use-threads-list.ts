// The list of followed threads, page by page, kept up to date by events.
import { watch } from 'vue'
import type { SpokenMessage } from '../../../server/protocol/http.ts'
import { placeKey } from '../../../server/protocol/place-key.ts'
import type { FollowedThread } from '../../../server/protocol/threads.ts'
import { isRestoring, isSpoken, withChange } from '../../../server/protocol/timeline.ts'
import { followedThreads } from '../../wire/api.ts'
import { useLink } from '../../wire/link.ts'
import { usePagedList, type Page } from '../../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'
import { useFollowed } from './followed.ts'
import type { EntriesEvent, FeedEvent } from '../../wire/feed-events.ts'

interface Place {
  room: string
  thread: number
}

const keyOf = ({ room, root }: FollowedThread) => placeKey(room, root.seq)

export function useThreadsList() {
  const list = usePagedList<FollowedThread>({ link: useLink(), ask, keyOf, apply })
  const { items: threads } = list
  const followed = useFollowed()

  /** A reply is newer than the thread's newest, or it was told before. */
  function withNews(one: FollowedThread, { messages, changes }: EntriesEvent): FollowedThread {
    const reply = messages.findLast(
      (message): message is SpokenMessage =>
        isSpoken(message) && message.thread === one.root.seq && message.seq > (one.last?.seq ?? 0),
    )
    const root = changes.reduce<SpokenMessage>(withChange, one.root)
    return { ...one, root, last: reply ?? (one.last && changes.reduce<SpokenMessage>(withChange, one.last)) }
  }

  /** A thread that is followed from now on comes to the top; nothing else moves. */
  function findNew(): void {
    void list.fetch(ask, (page) => {
      const known = new Set(threads.value.map(keyOf))
      threads.value = [...page.items.filter((one) => !known.has(keyOf(one))), ...threads.value]
    })
  }

  const isHere = ({ room, thread }: Place): boolean =>
    threads.value.some((one) => one.room === room && one.root.seq === thread)

  // An edit that names them makes them follow as well, which only the marks tell.
  watch(
    () => followed.fresh,
    (fresh) => void (list.status.value !== 'ready' || fresh.every(isHere) || findNew()),
  )

  function apply(event: FeedEvent): void {
    if (event.type === 'gone') threads.value = threads.value.filter(({ room }) => room !== event.room)
    if (event.type === 'thread' && event.following === true && !isHere(event)) findNew()
    if (event.type !== 'entries') return
    if (event.changes.some(isRestoring)) return void list.load()
    threads.value = threads.value.map((one) => (one.room === event.room ? withNews(one, event) : one))
  }

  return list
}

async function ask(before?: string): Promise<Page<FollowedThread> | Refusal> {
  const answer = await followedThreads(before)
  return isRefusal(answer) ? answer : { items: answer.threads, next: answer.next }
}
