// Forwarded messages as this person may see them: asked for when a card is drawn, and kept up to date by the events of their
// rooms. A room that one is not in tells of no changes: there the message is as it was when it was asked for.
import { defineStore } from 'pinia'
import { shallowReactive, watch } from 'vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { placeKey } from '../../server/protocol/place-key.ts'
import { isErasure, isSpoken, targetOf, withChange } from '../../server/protocol/timeline.ts'
import { useSession } from '../account/session.ts'
import { page } from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { isRefusal, mayRetry } from '../wire/refusal.ts'

/** `hidden`: it is not there for this person. */
export type Forwarded = SpokenMessage | 'hidden'

/** Older ones are dropped, and asked for again when they are drawn again. */
const max = 300

export const useForwarded = defineStore('forwarded', () => {
  const link = useLink()
  const session = useSession()
  const known = shallowReactive(new Map<string, Forwarded>())
  const asked = new Set<string>()
  const roomOf = (key: string): string => key.split(' ')[0] ?? ''

  async function look({ room, seq }: { room: string; seq: number }): Promise<void> {
    const key = placeKey(room, seq)
    if (known.has(key) || asked.has(key)) return
    asked.add(key)
    const answer = await page(room, { around: seq, limit: 2 })
    // What has changed meanwhile is asked for again when it is drawn again.
    if (!asked.delete(key)) return
    if (isRefusal(answer)) return void (mayRetry(answer.code) || keep(key, 'hidden'))
    const found = answer.messages.find((message) => message.seq === seq)
    keep(key, found !== undefined && isSpoken(found) ? found : 'hidden')
  }

  function keep(key: string, what: Forwarded): void {
    known.set(key, what)
    const [oldest] = known.keys()
    if (known.size > max && oldest !== undefined) known.delete(oldest)
  }

  function forget(room: string): void {
    for (const key of [...known.keys(), ...asked])
      if (roomOf(key) === room) {
        known.delete(key)
        asked.delete(key)
      }
  }

  link.feed.listen((event) => {
    if (event.type === 'gone' || event.type === 'room' || event.type === 'restart')
      return forget(event.type === 'room' ? event.room.id : event.room)
    if (event.type !== 'entries') return
    for (const change of event.changes) {
      if (isErasure(change)) {
        forget(event.room)
        continue
      }
      const key = placeKey(event.room, targetOf(change))
      asked.delete(key)
      const before = known.get(key)
      if (before !== undefined && before !== 'hidden') known.set(key, withChange(before, change))
    }
  })
  watch(
    () => session.user?.id,
    () => known.clear(),
  )

  return { of: (room: string, seq: number) => known.get(placeKey(room, seq)), look }
})
