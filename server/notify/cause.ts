// The rule of who is told of a message, and why. Pure.
import { usualLevel, type Level } from '../protocol/member-settings.ts'
import type { NotifyCause } from '../protocol/notify-causes.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'

/** A member of the room of a message, as they have set it. */
export interface Standing {
  /** Null: what is usual in a room of this kind. */
  level: Level | null
  mutedUntil: number | null
  /** The room's head when they joined. */
  joinedSeq: number
  /** How far they have read what the message is read by: the room, or its thread. */
  read: number
}

/** What counts of a message. */
export interface Said {
  seq: number
  at: number
  kind: RoomKind
  /** It is in the room's own list, not only in a thread. */
  isInRoom: boolean
  author: string
  /** Whom it reminds of something, by their own wish. */
  reminded: ReadonlySet<string>
  /** Whom it names by their own names; whom by everybody's; whom by a group's. */
  named: ReadonlySet<string>
  namedWithAll: ReadonlySet<string>
  namedInGroup: ReadonlySet<string>
  /** Whose keywords it has. */
  keyword: ReadonlySet<string>
  /** Who follows its thread. */
  following: ReadonlySet<string>
}

/**
 * Undefined: this person is not told. A room that is muted tells only what names them, and the level `nothing` only what they
 * have asked to be reminded of.
 */
export function causeFor(user: string, said: Said, standing: Standing): NotifyCause | undefined {
  const { seq, at, kind } = said
  if (seq <= standing.joinedSeq || seq <= standing.read) return undefined
  if (said.reminded.has(user)) return 'reminder'
  if (user === said.author) return undefined
  const level = standing.level ?? usualLevel(kind)
  if (level === 'nothing') return undefined
  if (said.named.has(user)) return 'mention'
  if (standing.mutedUntil !== null && standing.mutedUntil > at) return undefined
  if (said.namedWithAll.has(user)) return 'mention'
  if (said.namedInGroup.has(user)) return 'group'
  if (level === 'all' && isDirect(kind)) return 'direct'
  if (said.keyword.has(user)) return 'keyword'
  if (said.following.has(user)) return 'thread'
  return level === 'all' && said.isInRoom ? 'all' : undefined
}

/**
 * Whether what was decided gets through by what this person has set for the room meanwhile. Limit: what named everybody counts as
 * their own name by then.
 */
export function isLetThrough(
  cause: NotifyCause,
  { level, mutedUntil, kind }: Pick<Standing, 'level' | 'mutedUntil'> & { kind: RoomKind },
  now: number,
): boolean {
  const own = level ?? usualLevel(kind)
  if (own === 'nothing') return false
  if (cause === 'mention') return true
  if (mutedUntil !== null && mutedUntil > now) return false
  return (cause !== 'direct' && cause !== 'all') || own === 'all'
}

/** Everything in it is addressed to those in it. */
export const isDirect = (kind: string): boolean => kind === 'direct'
