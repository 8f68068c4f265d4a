// What this person may do with a message here and now; the server decides, this decides what is offered.
import { computed } from 'vue'
import type { User } from '../../../../server/protocol/people.ts'
import { isEditable } from '../../../../server/protocol/entries/index.ts'
import { may, mayReadRevisions, standingIn, type Right } from '../../../../server/protocol/rights.ts'
import type { MessageLine } from '../../lines/line.ts'
import type { Timeline } from '../../timeline.ts'

export interface MessagePermissions {
  mayEdit: (line: MessageLine) => boolean
  mayDelete: (line: MessageLine) => boolean
  /** The cards of its links, for everybody. */
  mayRemoveCards: (line: MessageLine) => boolean
  /** False for a non-member who previews the room. */
  mayReply: (line: MessageLine) => boolean
  mayReact: (line: MessageLine) => boolean
  mayPin: (line: MessageLine) => boolean
  /** It was edited, and its earlier versions may be read here. */
  mayReadHistory: (line: MessageLine) => boolean
  maySave: (line: MessageLine) => boolean
  mayReport: (line: MessageLine) => boolean
}

interface PermissionDeps {
  timeline: Timeline
  user: () => User
  isReadOnly: boolean
}

export function usePermissions({ timeline, user, isReadOnly }: PermissionDeps): MessagePermissions {
  const has = (right: Right): boolean =>
    timeline.room !== undefined && may(right, standingIn(timeline.room, user().admin))
  const mayDeleteOthers = computed(() => has('deleteOthers'))
  const mayPinHere = computed(() => has('pin'))
  const isThere = (line: MessageLine): boolean =>
    !isReadOnly && line.seq !== undefined && line.deletedAt === null
  const isOpen = (line: MessageLine): boolean => isThere(line) && timeline.room?.joined === true

  return {
    mayEdit: (line) => line.own && isOpen(line) && isEditable(line),
    mayDelete: (line) => isOpen(line) && (line.own || mayDeleteOthers.value),
    mayRemoveCards: (line) => isOpen(line) && (line.own || mayDeleteOthers.value),
    mayReply: isOpen,
    mayReact: isOpen,
    mayPin: (line) => isOpen(line) && mayPinHere.value,
    mayReadHistory: (line) => {
      const { room } = timeline
      if (room === undefined || line.editedAt === null || !isThere(line)) return false
      return mayReadRevisions(room.revisions, standingIn(room, user().admin))
    },
    maySave: isThere,
    mayReport: (line) => isThere(line) && !line.own,
  }
}
