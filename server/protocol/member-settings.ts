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

/**
 * What of a room counts in lists, titles and badges: a muted room only where it mentions this person, and at the level
 * `nothing` no mention either.
 */
export function countedOf(room: Countable, now: number): { unread: number; mentions: number } {
  const mentions = room.level === 'nothing' ? 0 : (room.mentions ?? 0)
  return { unread: isMuted(room, now) ? 0 : room.unread, mentions }
}
