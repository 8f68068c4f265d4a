// What is unread among the loaded messages of a conversation: other people's messages that stand, above the read marker.
import type { Ref } from 'vue'
import type { Message } from '../../../server/protocol/http.ts'
import { isSpoken } from '../../../server/protocol/timeline.ts'
import type { Window } from './window.ts'

export interface UnreadDeps {
  window: Ref<Window>
  own: () => string
  /** The conversation shows it. */
  isHere: (message: Message) => boolean
  /** How many are unread in all, as far as it is known. */
  total: () => number
}

export function useUnreadHere({ window, own, isHere, total }: UnreadDeps) {
  const after = (read: number): Message[] =>
    window.value.messages.filter(
      (message) =>
        message.seq > read &&
        isSpoken(message) &&
        message.deletedAt === null &&
        isHere(message) &&
        message.user.id !== own(),
    )

  /** Numbers above `read` are not loaded, before those that are. */
  function beginsAfter(read: number): boolean {
    const { messages, hasBefore } = window.value
    return hasBefore && (messages[0]?.seq ?? 0) > read + 1
  }

  function isBetween(read: number, from: number): boolean {
    const here = after(read)
    return here.some(({ seq }) => seq < from) || (beginsAfter(read) && total() > here.length)
  }

  return { after, beginsAfter, isBetween }
}
