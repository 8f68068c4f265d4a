// The open dialog of a conversation: one at a time, and beside it at most one drawer.
import { computed, shallowReactive, type WritableComputedRef } from 'vue'
import type { MessageLine } from './lines/line.ts'
import type { Anchor } from './message/anchor.ts'

/** About one message. */
type MessageDialog = 'menu' | 'emoji' | 'delete' | 'history' | 'report' | 'remind' | 'forward'
/** About the room. */
type RoomDialog =
  | 'settings'
  | 'archive'
  | 'delete-room'
  | 'bans'
  | 'reports'
  | 'topic'
  | 'leave'
  | 'add'
  | 'hooks'
  | 'date'
  | 'export'
type Drawer = 'people' | 'pins'

export interface Dialogs {
  /** What is open, and the message it is about. */
  opened: MessageDialog | RoomDialog | undefined
  line: MessageLine | undefined
  /** Where a menu or the emoji picker stands. */
  anchor: Anchor | undefined
  drawer: Drawer | undefined
  show: ((what: RoomDialog) => void) & ((what: MessageDialog, line: MessageLine, anchor?: Anchor) => void)
  close: () => void
  /** For a dialog's `v-model:open`. */
  isOpen: (what: MessageDialog | RoomDialog) => WritableComputedRef<boolean>
  isDrawn: (what: Drawer) => WritableComputedRef<boolean>
}

export function useDialogs(): Dialogs {
  const dialogs: Dialogs = shallowReactive<Dialogs>({
    opened: undefined,
    line: undefined,
    anchor: undefined,
    drawer: undefined,
    show: (what: MessageDialog | RoomDialog, line?: MessageLine, anchor?: Anchor) => {
      dialogs.opened = what
      dialogs.line = line
      dialogs.anchor = anchor ?? dialogs.anchor
    },
    close: () => {
      dialogs.opened = undefined
      dialogs.line = undefined
    },
    isOpen: (what) =>
      computed({
        get: () => dialogs.opened === what,
        set: (is) => {
          if (is) dialogs.opened = what
          else if (dialogs.opened === what) dialogs.close()
        },
      }),
    isDrawn: (what) =>
      computed({
        get: () => dialogs.drawer === what,
        set: (is) => {
          if (is) dialogs.drawer = what
          else if (dialogs.drawer === what) dialogs.drawer = undefined
        },
      }),
  })
  return dialogs
}
