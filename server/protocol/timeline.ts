// The one fold from entries to messages, pure: the server's history and the browser's list give the same answer.
import type { EntryEvent } from './events.ts'
import type { Message } from './http.ts'

/** What an entry makes a person see, or undefined when it shows nothing by itself. */
export function toMessage(entry: EntryEvent): Message | undefined {
  switch (entry.type) {
    case 'message': {
      const { seq, cid, user, text, at } = entry
      return { kind: 'message', seq, updatedSeq: seq, cid, user, text, at, replyTo: entry.replyTo ?? null }
    }
    case 'notice': {
      const { seq, user, at, notice } = entry
      return { kind: 'notice', seq, updatedSeq: seq, user, at, notice }
    }
    case 'unknown':
      return undefined
  }
}

/** The one of two states of the same message that the later entry made. Order and repetition do not matter. */
export const later = (a: Message | undefined, b: Message): Message =>
  a === undefined || b.updatedSeq > a.updatedSeq ? b : a
