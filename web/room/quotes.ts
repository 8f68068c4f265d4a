// Messages that are answered and not in the window: read one by one when a quote of them is drawn, and kept true by
// what is told. Of a room that is begun again they are asked for anew.
import { shallowReactive } from 'vue'
import type { EffectEvent } from '../../server/protocol/events.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { targetOf, withChange } from '../../server/protocol/timeline.ts'
import { page } from '../wire/api.ts'
import { isRefusal } from '../wire/refusal.ts'
import type { News } from './window.ts'

/** Older ones are let go, and read again when they are drawn again. */
const most = 200

export function useQuotes(room: string) {
  const known = shallowReactive(new Map<number, SpokenMessage>())
  /** What was told of a message while it is asked for. */
  const asked = new Map<number, EffectEvent[]>()

  /** A quote of `seq` is drawn: reads it, unless it is known. What cannot be had is asked for when it is drawn again. */
  async function look(seq: number): Promise<void> {
    if (known.has(seq) || asked.has(seq)) return
    const meanwhile: EffectEvent[] = []
    asked.set(seq, meanwhile)
    const answer = await page(room, { around: seq, limit: 2 })
    if (asked.get(seq) !== meanwhile) return
    asked.delete(seq)
    const found = isRefusal(answer) ? undefined : answer.messages.find((message) => message.seq === seq)
    if (found?.kind === 'message') keep(meanwhile.reduce<SpokenMessage>(withChange, found))
  }

  function keep(message: SpokenMessage): void {
    known.set(message.seq, message)
    const [oldest] = known.keys()
    if (known.size > most && oldest !== undefined) known.delete(oldest)
  }

  function hear({ messages, changes }: News): void {
    for (const message of messages) {
      const before = known.get(message.seq)
      if (message.kind === 'message' && before !== undefined && message.updatedSeq > before.updatedSeq)
        known.set(message.seq, message)
    }
    for (const change of changes) {
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
