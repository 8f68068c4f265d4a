// Messages in their current state: read from memory or MySQL a moment ago, plus the changes since then that memory
// knows.
import type { Tail } from '../log/tail.ts'
import type { Message } from '../protocol/http.ts'
import { withChange } from '../protocol/timeline.ts'

export const asItIs = (tail: Tail, room: string, messages: readonly Message[]): Message[] =>
  messages.map((message) =>
    tail.changesOf(room, message.seq).reduce<Message>((state, change) => withChange(state, change), message),
  )

/** Each message once, oldest first. */
export const bySeq = (messages: readonly Message[]): Message[] =>
  [...new Map(messages.map((message) => [message.seq, message])).values()].sort((a, b) => a.seq - b.seq)
