// How a person arrives at a place in a room: by a permalink, back where they were, or where unread messages begin. Until
// then nothing else is drawn, because what is drawn counts as read.
import { computed, nextTick, ref, shallowRef, watch } from 'vue'
import type { Message } from '../../../server/protocol/http.ts'
import { isSpoken, showsInRoom } from '../../../server/protocol/timeline.ts'
import { tellRefused } from '../../ui/notify.ts'
import type { Refusal } from '../../wire/refusal.ts'
import { useSay } from '../../words/say.ts'
import type { Place } from '../../conversation/pages/place.ts'
import type { TimelineStatus } from '../../conversation/timeline.ts'

export interface ArrivalDeps {
  room: {
    status: TimelineStatus
    goTo: (seq: number) => Promise<Refusal | undefined>
    messageAt: (seq: number) => Message | undefined
    unreadPlace: () => Place | undefined
  }
  /** The message that the address names. */
  at: () => number | undefined
  /** Where the reader was last. */
  kept: Place | undefined
  /** The room does not show this number. */
  notHere: (seq: number) => void
  /** Scrolls the list there, which must be drawn. */
  toPlace: (place: Place) => unknown
}

export function useArrival({ room, at, kept, toPlace, notHere }: ArrivalDeps) {
  const { t, count, refusal: say } = useSay()
  const named = at()
  const start = shallowRef(named === undefined ? kept : { seq: named })
  const isUnderWay = ref(start.value !== undefined)
  /** The requested number, and what happened to it. */
  const lost = shallowRef<{ seq: number; why: 'none' | 'gone' }>()
  let asked = 0

  /** True if the messages around the number are loaded. */
  async function load(seq: number): Promise<boolean> {
    const generation = (asked += 1)
    const refused = await room.goTo(seq)
    if (generation !== asked) return false
    if (refused !== undefined) tellRefused(say(refused))
    return refused === undefined
  }

  function look(seq: number): void {
    const found = room.messageAt(seq)
    // Pages that were kept on this device have the replies of threads too.
    const message = found !== undefined && showsInRoom(found) ? found : undefined
    if (message === undefined) {
      lost.value = { seq, why: 'none' }
      notHere(seq)
    }
    if (message !== undefined && isSpoken(message) && message.deletedAt !== null)
      lost.value = { seq, why: 'gone' }
    else if (message !== undefined) lost.value = undefined
  }

  /** Leads to a message of the room on screen. */
  async function go(seq: number): Promise<void> {
    if (!(await load(seq))) return
    look(seq)
    await nextTick()
    await toPlace({ seq })
  }

  /** The newest page is loaded, so the room is known; then the place is opened. */
  async function begin(): Promise<void> {
    const place = start.value ?? room.unreadPlace()
    if (place !== undefined && room.status === 'ready') {
      start.value = place
      isUnderWay.value = true
      if (!(await load(place.seq))) start.value = undefined
      else if (place.offset === undefined) look(place.seq)
    }
    isUnderWay.value = false
  }

  const stop = watch(
    () => room.status,
    (status) => {
      if (status === 'loading') return
      void nextTick(() => stop())
      void begin()
    },
    { immediate: true },
  )
  watch(at, (seq) => {
    if (seq === undefined) lost.value = undefined
    else if (!isUnderWay.value) void go(seq)
  })

  const words = computed(() => {
    if (lost.value === undefined) return undefined
    const { seq, why } = lost.value
    return t(why === 'none' ? 'moment.noMessage' : 'moment.goneMessage', { seq: count(seq) })
  })
  return { start, isUnderWay, words, go, known: () => (lost.value = undefined) }
}
