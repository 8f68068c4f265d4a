// Which messages this person has saved for later, the same on all their devices. A mark shows as soon as it is clicked
// and is undone if the server refuses it.
import { defineStore } from 'pinia'
import { computed, shallowReactive, watch } from 'vue'
import type { SavedEvent } from '../../server/protocol/events.ts'
import { placeKey } from '../../server/protocol/place-key.ts'
import type { SavedMarksAnswer } from '../../server/protocol/saved.ts'
import { useSession } from '../account/session.ts'
import * as api from '../wire/api.ts'
import { useQueued } from '../offline/queued.ts'
import { useLink } from '../wire/link.ts'
import { saves } from '../wire/queued-api.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export const useSaved = defineStore('saved', () => {
  const session = useSession()
  const link = useLink()
  const queue = useQueued()
  const marks = shallowReactive(new Set<string>())
  const list = liveList<SavedMarksAnswer, SavedEvent>({
    ask: api.savedMarks,
    show: ({ rooms }) => {
      marks.clear()
      for (const [room, seqs] of Object.entries(rooms)) for (const seq of seqs) marks.add(placeKey(room, seq))
      // What waits for the server comes after what it has.
      for (const { kind, key, ask } of queue.waiting) {
        const [, room = '', seq = ''] = key.split(' ')
        if (kind !== 'save') continue
        if (ask.method === 'PUT') marks.add(placeKey(room, Number(seq)))
        else marks.delete(placeKey(room, Number(seq)))
      }
    },
    apply: ({ room, seq, on }) => (on ? marks.add(placeKey(room, seq)) : marks.delete(placeKey(room, seq))),
    isEager: true,
  })

  const isSaved = (room: string, seq: number): boolean => marks.has(placeKey(room, seq))
  const put = (room: string, seq: number, on: boolean): void => list.hear({ type: 'saved', room, seq, on })

  /** Saves a message or removes it; returns the refusal, if there was one. */
  async function toggle(room: string, seq: number): Promise<Refusal | undefined> {
    const on = !isSaved(room, seq)
    put(room, seq, on)
    const answer = await queue.send('save', `save ${room} ${seq}`, saves(room, seq, on))
    if (!isRefusal(answer)) return undefined
    put(room, seq, !on)
    return answer
  }

  link.feed.listen((event) => {
    if (event.type === 'saved') list.hear(event)
    else if (event.type === 'welcome') list.loadSoon()
  })
  watch(
    () => session.user?.id,
    (user) => {
      marks.clear()
      list.reset()
      if (user !== undefined) list.loadOnceConnected()
    },
    { immediate: true },
  )

  return { isSaved, isKnown: computed(() => list.status.value === 'ready'), toggle }
})
