// Messages in their current state: read from memory or MySQL a moment ago, plus the changes since then that memory
// knows.
import type { Tail } from '../log/tail.ts'
import { covers, holding, type ErasedEvent } from '../protocol/entries/erased.ts'
import type { EffectEvent } from '../protocol/events.ts'
import type { Message } from '../protocol/http.ts'
import { isSpoken, withChange } from '../protocol/timeline.ts'
import { beneath } from './hidden.ts'

export function asItIs(tail: Tail, room: string, messages: readonly Message[]): Message[] {
  const erasures = tail.erasures(room)
  return messages.map((message) => {
    const changes = tail.changesOf(room, message.seq)
    return erasures.length === 0 ? fold(message, changes) : foldErased(message, changes, erasures)
  })
}

const fold = (message: Message, effects: readonly EffectEvent[]): Message =>
  effects.reduce<Message>((state, effect) => withChange(state, effect), message)

/** With what deletes everything of somebody, but what was undone, which leaves the message as if it had never been. */
function foldErased(
  message: Message,
  changes: readonly EffectEvent[],
  erasures: readonly ErasedEvent[],
): Message {
  if (!isSpoken(message)) return message
  const own = erasures.filter((erasure) => covers(erasure, message))
  const undoing = own.filter(({ undoes }) => undoes !== undefined)
  const under = beneath(message)
  const isBack = under !== undefined && undoing.some(({ undoes }) => undoes === under.by)
  const effects = [...changes, ...holding(own), ...undoing].sort((a, b) => a.seq - b.seq)
  return fold(isBack ? under.message : message, effects)
}

/** Each message once, oldest first. */
export const bySeq = (messages: readonly Message[]): Message[] =>
  [...new Map(messages.map((message) => [message.seq, message])).values()].sort((a, b) => a.seq - b.seq)
