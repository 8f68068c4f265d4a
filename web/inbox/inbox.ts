// What this person has to do, the same on all their devices: told by the server, and passed by the pointers. Its number is that of
// the title, of the icon, of the app, and of whatever is pushed to a device.
import { defineStore } from 'pinia'
import { computed, shallowReactive, watch } from 'vue'
import type { InboxDoneBody, InboxMark, InboxMarksAnswer } from '../../server/protocol/inbox.ts'
import { useSession } from '../account/session.ts'
import { useRooms } from '../rooms/rooms.ts'
import { useFollowed } from '../thread/followed/followed.ts'
import type { FeedEvent } from '../wire/feed-events.ts'
import * as api from '../wire/inbox-api.ts'
import { useLink } from '../wire/link.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { isToDo, keyOf, placeOf } from './to-do.ts'

/** Whatever the server has told and not taken back: of it, what is not passed by a pointer is to do. */
function knownMarks() {
  const marks = shallowReactive(new Map<string, InboxMark>())
  const put = (some: readonly InboxMark[]): void => some.forEach((mark) => marks.set(keyOf(mark), mark))

  function forget(is: (mark: InboxMark) => boolean): InboxMark[] {
    const gone = [...marks.values()].filter(is)
    for (const mark of gone) marks.delete(keyOf(mark))
    return gone
  }

  function apply(event: FeedEvent): void {
    if (event.type !== 'inbox') return
    if (event.told !== undefined) put([event.told])
    else if (event.gone !== undefined)
      forget(({ room, seq }) => room === event.gone?.room && seq === event.gone.seq)
  }

  return { marks, put, forget, apply }
}

/** Up to where rooms and threads are read. */
function usePointers() {
  const rooms = useRooms()
  const room = (id: string): number | undefined => {
    const seen = rooms.byId(id)
    return seen?.joined === true ? seen.read : undefined
  }
  return { room, thread: useFollowed().readUpTo }
}

export const useInbox = defineStore('inbox', () => {
  const session = useSession()
  const link = useLink()
  const pointers = usePointers()
  const { marks, put, forget, apply } = knownMarks()
  /** In which generation each room is read; a later one may be below what was read. */
  const generations = new Map<string, number>()
  const list = liveList<InboxMarksAnswer, FeedEvent>({
    ask: api.inboxMarks,
    show: (answer) => {
      marks.clear()
      put(answer.marks)
    },
    apply,
    isEager: true,
  })
  const toDo = computed(() => [...marks.values()].filter((mark) => isToDo(mark, pointers)))
  const places = computed(() => {
    const counts = new Map<string, number>()
    for (const mark of toDo.value) counts.set(placeOf(mark), (counts.get(placeOf(mark)) ?? 0) + 1)
    return counts
  })

  /** Shown at once. Answers what takes it back, or why it was refused. */
  async function putAway(
    is: (mark: InboxMark) => boolean,
    body: InboxDoneBody,
  ): Promise<(() => Promise<Refusal | undefined>) | Refusal> {
    const gone = forget(is)
    const answer = await api.putAway(body)
    if (isRefusal(answer)) {
      put(gone)
      return answer
    }
    return async () => {
      put(gone)
      const refusal = await api.takeBack(answer.undo)
      if (!isRefusal(refusal)) return undefined
      void list.load()
      return refusal
    }
  }

  link.feed.listen((event) => {
    if (event.type === 'welcome') return list.loadSoon()
    if (event.type === 'read' && (event.turn ?? 0) > (generations.get(event.room) ?? 0)) {
      generations.set(event.room, event.turn ?? 0)
      return void list.load()
    }
    // One that was shown may be put away where reminders are listed.
    if (event.type === 'reminders') return void list.load()
    if (event.type !== 'inbox') return
    if (event.told === undefined && event.gone === undefined) void list.load()
    else list.hear(event)
  })
  watch(
    () => session.user?.id,
    (user) => {
      marks.clear()
      generations.clear()
      list.reset()
      if (user !== undefined) list.loadOnceConnected()
    },
    { immediate: true },
  )

  return {
    /** How many there are. */
    count: computed(() => toDo.value.length),
    /** How many are to do of what stands together with this. */
    countIn: (mark: InboxMark): number => places.value.get(placeOf(mark)) ?? 0,
    places,
    putAway,
  }
})
