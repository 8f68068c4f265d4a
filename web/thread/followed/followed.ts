// The threads that this person follows, and how far they have read each, the same on all their devices. A thread is
// unread if a reply of somebody else above the read position stands.
import { defineStore } from 'pinia'
import { watch } from 'vue'
import type { ThreadMarksAnswer } from '../../../server/protocol/threads.ts'
import { useSession } from '../../account/session.ts'
import * as api from '../../wire/api.ts'
import { useLink } from '../../wire/link.ts'
import { liveList } from '../../wire/live-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'
import type { FeedEvent } from '../../wire/feed-events.ts'
import { useRooms } from '../../rooms/rooms.ts'
import { useMarks } from './marks.ts'
import { useReadAll } from './read-all.ts'
import { ThreadReadTeller } from './read-teller.ts'

/** The browsers of a large room spread over this time, and a badge is right within a second. */
const countWithinMs = { least: 200, most: 700 } as const

export const useFollowed = defineStore('followed', () => {
  const session = useSession()
  const link = useLink()
  const rooms = useRooms()
  const { isFollowing, readUpTo, unreadIn, ...marks } = useMarks(() => session.user?.id, countSoon)
  const { fresh, readAll, forget } = useReadAll({
    fresh: marks.fresh,
    readTo,
    readInRoom: rooms.readThread,
    recount: rooms.reload,
  })
  const teller = new ThreadReadTeller()
  const list = liveList<ThreadMarksAnswer, FeedEvent>({
    ask: api.threadMarks,
    show: marks.show,
    apply: marks.apply,
    isEager: true,
  })
  let counting: ReturnType<typeof setTimeout> | undefined
  const isFreshIn = (room: string): boolean => fresh.value.some((one) => one.room === room)

  /** The server counts the unread replies again. */
  function countSoon(): void {
    counting ??= setTimeout(
      () => {
        counting = undefined
        void list.load()
      },
      countWithinMs.least + Math.random() * (countWithinMs.most - countWithinMs.least),
    )
  }

  /** Follows or unfollows; shown at once, and undone if the server refuses. */
  async function follow(room: string, thread: number, following: boolean): Promise<Refusal | undefined> {
    list.hear({ type: 'thread', room, thread, following })
    const answer = await api.followThread(room, thread, following)
    if (!isRefusal(answer)) return undefined
    list.hear({ type: 'thread', room, thread, following: !following })
    return answer
  }

  /** This person has read the thread up to `seq`. */
  function readTo(room: string, thread: number, seq: number): void {
    if (seq <= readUpTo(room, thread)) return
    marks.readTo(room, thread, seq)
    rooms.readThread(room, thread, seq)
    teller.read({ room, thread, seq })
  }

  link.feed.listen((event) => {
    if (event.type !== 'welcome') return list.hear(event)
    list.loadSoon()
    teller.tellSoon()
  })
  watch(
    () => session.user?.id,
    (user) => {
      marks.clear()
      forget()
      teller.forget()
      clearTimeout(counting)
      counting = undefined
      list.reset()
      if (user !== undefined) list.loadOnceConnected()
    },
    { immediate: true },
  )

  const isFresh = (room: string, thread: number): boolean =>
    fresh.value.some((one) => one.room === room && one.thread === thread)

  return { fresh, isFollowing, isFresh, isFreshIn, readUpTo, unreadIn, follow, readTo, readAll }
})
