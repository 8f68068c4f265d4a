// What a shortcut does, on any page; HelpDialog.vue lists them all. Pure.
import type { RoomSummary } from '../../server/protocol/people.ts'

export type ShellAct =
  | 'switch'
  | 'search'
  | 'readAll'
  | 'help'
  | 'roomUp'
  | 'roomDown'
  | 'unreadUp'
  | 'unreadDown'
  | 'paneNext'
  | 'paneBefore'

export type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/**
 * `isInList`: the focus is in a list of messages. A key without Ctrl or Alt does something only there: elsewhere who
 * speaks to their computer, or misses a field, would trigger it.
 */
export function actOf(press: Press, isInList: boolean, isMac: boolean): ShellAct | undefined {
  const { key, altKey, shiftKey } = press
  // On a Mac, Control and a letter belong to the text field.
  const mod = isMac ? press.metaKey : press.ctrlKey
  const isPlain = !press.ctrlKey && !press.metaKey && !altKey
  if (mod && !altKey && !shiftKey && key.toLowerCase() === 'k') return 'switch'
  if (mod && !altKey && key === '/') return 'help'
  if (isPlain && shiftKey && key === 'Escape') return 'readAll'
  if (isPlain && isInList && key === '/') return 'search'
  if (isPlain && isInList && key === '?') return 'help'
  if (isPlain && key === 'F6') return shiftKey ? 'paneBefore' : 'paneNext'
  if (!altKey || press.ctrlKey || press.metaKey) return undefined
  if (key === 'ArrowUp') return shiftKey ? 'unreadUp' : 'roomUp'
  if (key === 'ArrowDown') return shiftKey ? 'unreadDown' : 'roomDown'
  return undefined
}

/** The next room in the list's order, wrapping around; `only` those for which it is true. */
export function roomBeside<Room extends Pick<RoomSummary, 'id'>>(
  rooms: readonly Room[],
  here: string | undefined,
  step: 1 | -1,
  only: (room: Room) => boolean = () => true,
): Room | undefined {
  const at = rooms.findIndex(({ id }) => id === here)
  // From nowhere, down leads to the first and up to the last.
  const from = at < 0 && step < 0 ? 0 : at
  for (let n = 1; n <= rooms.length; n += 1) {
    const room = rooms.at((from + step * n) % rooms.length)
    if (room !== undefined && room.id !== here && only(room)) return room
  }
  return undefined
}
