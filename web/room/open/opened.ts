// The rooms that are or were on screen. Their state stays in memory and keeps receiving events, so that switching back
// is instant and misses nothing; of rooms that nobody looks at, the ones left longest ago are dropped.
import { defineStore } from 'pinia'
import { effectScope, watch, type EffectScope } from 'vue'
import { limits } from '../../../server/protocol/limits.ts'
import { useSession } from '../../account/session.ts'
import { useLink } from '../../wire/link.ts'
import { openRoom, type OpenedRoom } from './opened-room.ts'

/** Rooms kept besides those on screen: some 200 messages each. */
const maxResting = 20

interface Kept {
  room: OpenedRoom
  scope: EffectScope
  lookers: number
}

export const useOpened = defineStore('opened', () => {
  const session = useSession()
  const link = useLink()
  /** In the order in which they were left. */
  const kept = new Map<string, Kept>()

  /** Somebody looks at the room; `leave` follows. */
  function enter(id: string): OpenedRoom {
    const one = kept.get(id) ?? open(id)
    kept.delete(id)
    kept.set(id, one)
    one.lookers += 1
    if (one.lookers === 1) one.room.enter()
    return one.room
  }

  function open(id: string): Kept {
    const scope = effectScope(true)
    const room = scope.run(() => openRoom(id))
    if (room === undefined) throw new Error('a new scope is active')
    return { room, scope, lookers: 0 }
  }

  function leave(id: string): void {
    const one = kept.get(id)
    if (one === undefined) return
    one.lookers -= 1
    if (one.lookers > 0) return
    one.room.leave()
    const resting = [...kept].filter(([, { lookers }]) => lookers === 0)
    for (const [oldest] of resting.slice(0, -maxResting)) close(oldest)
  }

  function close(id: string): void {
    kept.get(id)?.scope.stop()
    kept.delete(id)
  }

  /**
   * For a room that nobody looks at, a long gap is not paged when a thousand browsers reconnect: it is loaded on the
   * next visit.
   */
  link.feed.listen((event) => {
    if (event.type !== 'welcome') return
    for (const { id, head } of event.rooms) {
      const missed = head - link.feed.upTo(id)
      if (kept.get(id)?.lookers === 0 && missed > limits.catchUpEntries) close(id)
    }
  })
  watch(
    () => session.user?.id,
    () => [...kept.keys()].forEach(close),
    { flush: 'sync' },
  )

  return { enter, leave }
})
