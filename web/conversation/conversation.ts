// A conversation on screen, a room's or a thread's: its timeline, the actions on its messages, what is being written,
// and the open dialog. The screen provides it once; list, rows, composer and dialogs inject it.
import { inject, provide, type InjectionKey } from 'vue'
import type { OfferedCommand, RevisionsAnswer } from '../../server/protocol/http.ts'
import type { ReportBody } from '../../server/protocol/reports.ts'
import type { SeenAnswer } from '../../server/protocol/seen.ts'
import type { User } from '../../server/protocol/people.ts'
import type { LaterHere } from '../later/later-here.ts'
import type { Refusal } from '../wire/refusal.ts'
import type { Writing } from './composer/use-writing.ts'
import type { Dialogs } from './dialogs.ts'
import type { LinkView } from './link-view.ts'
import type { ListControl } from './list/list-control.ts'
import type { MessageActions } from './message/actions/actions.ts'
import type { Place } from './pages/place.ts'
import type { Timeline } from './timeline.ts'

/** What is read from the server besides the timeline. */
export interface ConversationApi {
  /** Earlier versions of a message. */
  revisions: (seq: number) => Promise<RevisionsAnswer | Refusal>
  /** Reports a message to the moderators. */
  report: (seq: number, body: ReportBody) => Promise<Refusal | undefined>
  listCommands: () => Promise<OfferedCommand[] | Refusal>
  /** Who has read up to a message. */
  seenBy: (seq: number) => Promise<SeenAnswer | Refusal>
  /** What is planned here. */
  later: LaterHere
}

export interface Conversation extends ConversationApi {
  readonly user: User
  /** The root of its thread; undefined: it is the room. Inside a thread, nothing about threads is shown. */
  readonly thread: number | undefined
  readonly isThread: boolean
  /** For reading only. */
  readonly isReadOnly: boolean
  /** Where the list begins, if not at the newest. */
  readonly start: Place | undefined
  /** The reader has left the message that they were led to. */
  readonly left: () => void
  readonly timeline: Timeline
  readonly actions: MessageActions
  readonly writing: Writing
  readonly dialogs: Dialogs
  readonly list: ListControl
  readonly link: LinkView
}

export const conversationKey: InjectionKey<Conversation> = Symbol('conversation')

export const provideConversation = (conversation: Conversation): void =>
  provide(conversationKey, conversation)

export function useConversation(): Conversation {
  const conversation = inject(conversationKey)
  if (conversation === undefined) throw new Error('No screen above this component provides a conversation.')
  return conversation
}
