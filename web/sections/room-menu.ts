// The one menu of all rows of the pane: for which room it is open, and where.
import { shallowReactive } from 'vue'

interface RoomMenu {
  room: string | undefined
  /** As reka-ui wants it: where the pointer was, or what was pressed. */
  anchor: { getBoundingClientRect: () => DOMRect } | undefined
}

export const roomMenu = shallowReactive<RoomMenu>({ room: undefined, anchor: undefined })

export function openRoomMenu(event: MouseEvent, room: string): void {
  const at = event.currentTarget as HTMLElement
  const { clientX: x, clientY: y } = event
  // The menu key names no place.
  const isPointed = event.type === 'contextmenu' && (x > 0 || y > 0)
  roomMenu.anchor = isPointed ? { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) } : at
  roomMenu.room = room
}
