// What a member sets for a room: of what they are told, until when it is quiet, and where it stands in their list. Pure, and
// shared with the browser: `countedOf` is the one rule of what a room adds to any badge.
import { limits } from './limits.ts'
import { kindOf, type RoomKind } from './room-kinds.ts'

/** Of which messages somebody is told: of all, of those that mention them, of none. */
export const levels = ['all', 'mentions', 'nothing'] as const
export type Level = (typeof levels)[number]

/** `mutedUntil` of a room that is muted until it is turned off. */
export const untilTurnedOff = Number.MAX_SAFE_INTEGER

/** The level of a room in which somebody has chosen none. */
export const usualLevel = (kind: RoomKind): Level => kindOf(kind).usualLevel

export const mayMuteUntil = (until: number, now: number): boolean =>
  until === untilTurnedOff || (until > now && until <= now + limits.muteMs)

export const isMuted = ({ mutedUntil }: { mutedUntil?: number | undefined }, now: number): boolean =>
  mutedUntil !== undefined && mutedUntil > now

interface Countable {
  level: Level
  mutedUntil?: number | undefined
  unread: number
  mentions?: number | undefined
}

/** What of a room counts. `unread` and `mentions` in a list of rooms; `badge` in what counts all rooms, such as a title. */
export interface Counted {
  isMuted: boolean
  unread: number
  mentions: number
  badge: number
}

/**
 * Of a muted room only what mentions this person counts, and at the level `nothing` no mention does; then the room adds nothing to
 * a badge either.
 */
export function countedOf(room: Countable, now: number): Counted {
  const muted = isMuted(room, now)
  const isSilent = room.level === 'nothing'
  const mentions = isSilent ? 0 : (room.mentions ?? 0)
  const unread = muted ? 0 : room.unread
  return { isMuted: muted, unread, mentions, badge: isSilent ? 0 : Math.max(unread, mentions) }
}
