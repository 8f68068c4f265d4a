// Answered messages outside the window: loaded one by one when a quote of them is drawn, and kept up to date by the
// room's events. If the room starts again, they are reloaded.
import { shallowReactive } from 'vue'
import type { EffectEvent } from '../../../server/protocol/events.ts'
import type { SpokenMessage } from '../../../server/protocol/http.ts'
import { isErasure, isSpoken, targetOf, withChange } from '../../../server/protocol/timeline.ts'
import { page } from '../../wire/api.ts'
import { isRefusal } from '../../wire/refusal.ts'
import type { News } from './window.ts'

/** Older ones are dropped, and loaded again when drawn again. */
const max = 200

export function useQuotes(room: string) {
  const known = shallowReactive(new Map<number, SpokenMessage>())
  /** Changes of a message that arrived since it was requested. */
  const asked = new Map<number, EffectEvent[]>()

  /**
   * A quote of `seq` is drawn: loads the message, unless it is known. A failed load is retried when it is drawn again.
   */
  async function look(seq: number): Promise<void> {
    if (known.has(seq) || asked.has(seq)) return
    const meanwhile: EffectEvent[] = []
    asked.set(seq, meanwhile)
    const answer = await page(room, { around: seq, limit: 2 })
    if (asked.get(seq) !== meanwhile) return
    asked.delete(seq)
    const found = isRefusal(answer) ? undefined : answer.messages.find((message) => message.seq === seq)
    if (found !== undefined && isSpoken(found)) keep(meanwhile.reduce<SpokenMessage>(withChange, found))
  }

  function keep(message: SpokenMessage): void {
    known.set(message.seq, message)
    const [oldest] = known.keys()
    if (known.size > max && oldest !== undefined) known.delete(oldest)
  }

  function hear({ messages, changes }: News): void {
    for (const message of messages) {
      const before = known.get(message.seq)
      if (isSpoken(message) && before !== undefined && message.updatedSeq > before.updatedSeq)
        known.set(message.seq, message)
    }
    for (const change of changes) {
      if (isErasure(change)) {
        for (const heard of asked.values()) heard.push(change)
        for (const [seq, before] of known) known.set(seq, withChange(before, change))
        continue
      }
      const target = targetOf(change)
      asked.get(target)?.push(change)
      const before = known.get(target)
      if (before !== undefined) known.set(target, withChange(before, change))
    }
  }

  function forget(): void {
    asked.clear()
    known.clear()
  }

  return { look, find: (seq: number) => known.get(seq), hear, forget }
}
