// A room on screen. Its state stays after the person leaves, so that coming back is instant.
import { onScopeDispose } from 'vue'
import { useOpened } from './opened.ts'
import type { OpenedRoom } from './opened-room.ts'

/** Follows the room `id`; call it in setup. */
export function useRoom(id: string): OpenedRoom {
  const opened = useOpened()
  onScopeDispose(() => opened.leave(id))
  return opened.enter(id)
}
