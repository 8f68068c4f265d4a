// Whether somebody is told while a page is open: the same rule as of server/push, by which what comes while they are left alone is
// told only of the people and rooms that they let through. Pure.
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'
import type { PresenceChoice } from '../../server/protocol/profiles.ts'
import { heldUntil } from '../../server/protocol/quiet-hours.ts'

export interface Heard {
  settings: NotifySettings
  /** Whether they want to be seen or disturbed; undefined: not known yet. */
  choice: PresenceChoice | undefined
  /** Milliseconds since 1970. */
  now: number
  room: string
  /** Who said it; undefined: not known. */
  by: string | undefined
}

export function isHeard({ settings, choice, now, room, by }: Heard): boolean {
  if (choice !== 'dnd' && heldUntil(settings, now) === undefined) return true
  const { people, rooms } = settings.pierce
  return rooms.includes(room) || (by !== undefined && people.includes(by))
}
