// Messages that are deleted with everything of their author read as deleted, and what they said stays beneath for as long as that
// can be undone: MySQL may not have heard yet that it was. Nothing beneath is ever sent: it hangs on the object in a WeakMap.
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { emptied } from '../protocol/entries/deleted.ts'

export interface Beneath {
  /** The number of the entry that hides it. */
  by: number
  message: SpokenMessage
}

const beneathOf = new WeakMap<object, Beneath>()

/** The message as everybody reads it. */
export function hidden(message: SpokenMessage, { by, at }: { by: number; at: number }): SpokenMessage {
  const empty = emptied(message, at)
  beneathOf.set(empty, { by, message })
  return empty
}

export const beneath = (message: Message): Beneath | undefined => beneathOf.get(message)
