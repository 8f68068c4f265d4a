// What the rows of the list can ask for without every pane between knowing of it; the room's screen provides it.
import { inject, type InjectionKey } from 'vue'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { MessageLine } from './line.ts'

export interface MessageActs {
  /** Oneself. */
  ownId: string
  mayEdit: (line: MessageLine) => boolean
  mayDelete: (line: MessageLine) => boolean
  /** False: one looks at the room from outside. */
  mayReact: (line: MessageLine) => boolean
  mayPin: (line: MessageLine) => boolean
  /** Pins it to the room, or unpins it. */
  pin: (line: MessageLine) => void
  /** It was edited, and what it said before may be read here. */
  mayReadHistory: (line: MessageLine) => boolean
  /** Shows what it said before. */
  history: (line: MessageLine) => void
  /** Puts one's own emoji on it, or takes it off. */
  react: (line: MessageLine, emoji: string) => void
  /** Opens all emoji for it. */
  pick: (line: MessageLine) => void
  edit: (line: MessageLine) => void
  maySave: (line: MessageLine) => boolean
  isSaved: (line: MessageLine) => boolean
  /** Saves it for later, or does not keep it any longer. */
  save: (line: MessageLine) => void
  /** True in the list of a thread, which says no more of threads. */
  isThread: boolean
  mayThread: (line: MessageLine) => boolean
  /** Opens the thread that begins with it, or that it is said in. */
  openThread: (line: MessageLine) => void
  /** There is something new in a thread that one follows, by the number it begins with. */
  isFresh: (thread: number) => boolean
  /** Asks first. */
  remove: (line: MessageLine) => void
  /** Marks it and what follows as unread; false: it has no number, or one looks at the room from outside. */
  mayMarkUnread: (line: MessageLine) => boolean
  markUnread: (line: MessageLine) => void
  /** Opens everything one can do with it. */
  more: (line: MessageLine) => void
  /** Shows message `seq`. */
  goTo: (seq: number) => void
  /** An answered message that is not on the list; `lookUp` reads it. */
  quoted: (seq: number) => SpokenMessage | undefined
  lookUp: (seq: number) => void
}

export const messageActs: InjectionKey<MessageActs> = Symbol('messageActs')

export function useMessageActs(): MessageActs {
  const acts = inject(messageActs)
  if (acts === undefined) throw new Error('the room screen provides what rows can ask for')
  return acts
}

/** One press away; the picker has the others. */
export const quickEmoji = ['👍', '❤️', '😂', '🎉', '👀', '🙏'] as const
