// The dialog about the list of rooms that is open, for whatever opens it: a name for a section, what one is told of a room.
import { shallowRef } from 'vue'

export type ListDialog =
  /** A new section, into which this room goes. */
  | { about: 'new'; room?: string }
  | { about: 'rename'; section: string }
  | { about: 'move'; room: string }
  | { about: 'notify'; room: string }

export const listDialog = shallowRef<ListDialog>()
