// Creates the conversation of a screen from its timeline; called in setup by a room's page, a thread's panel and the
// gallery.
import type { Ref } from 'vue'
import type { User } from '../../server/protocol/people.ts'
import type { Circle } from './composer/completion/sources/people.ts'
import type { KeptEdit } from './composer/draft.ts'
import { useWriting } from './composer/use-writing.ts'
import type { Conversation, ConversationApi } from './conversation.ts'
import { useDialogs } from './dialogs.ts'
import type { LinkView } from './link-view.ts'
import { useListControl } from './list/list-control.ts'
import { useActions, type SavedHere, type ThreadsHere } from './message/actions/actions.ts'
import { usePermissions } from './message/actions/permissions.ts'
import type { Place } from './pages/place.ts'
import type { Timeline } from './timeline.ts'

export interface ConversationDeps extends ConversationApi {
  timeline: Timeline
  user: () => User
  /** The root of its thread; none: it is the room. */
  thread?: number
  isReadOnly?: boolean
  start?: () => Place | undefined
  left?: () => void
  link: LinkView
  draft: Ref<string>
  /** Where the draft is, for its files: a room, or a thread in it. */
  place?: string
  answered: Ref<number | undefined>
  keptEdit: Ref<KeptEdit | undefined>
  circle: () => Circle
  /** Shows message `seq` of the room. */
  goTo: (seq: number) => void
  saved: SavedHere
  threads?: ThreadsHere
  markUnread?: (seq: number) => void
}

export function makeConversation(deps: ConversationDeps): Conversation {
  const { timeline, user, thread, isReadOnly = false, link } = deps
  const list = useListControl()
  const dialogs = useDialogs()
  const permissions = usePermissions({ timeline, user, isReadOnly })
  const writing = useWriting({ ...deps, list, mayEdit: permissions.mayEdit })
  const actions = useActions({ ...deps, permissions, writing })
  return {
    get user() {
      return user()
    },
    get start() {
      return deps.start?.()
    },
    thread,
    isThread: thread !== undefined,
    isReadOnly,
    left: () => deps.left?.(),
    timeline,
    actions,
    writing,
    dialogs,
    list,
    link,
    revisions: deps.revisions,
    report: deps.report,
    listCommands: deps.listCommands,
    later: deps.later,
    seenBy: deps.seenBy,
  }
}
