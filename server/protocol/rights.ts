// Who may do what in a room: one table for the server, which decides, and the browser, which shows what is possible.
// Pure. docs/rights.md shows it to people; a test keeps the two the same.
import { limits } from './limits.ts'
import type { RevisionReaders, Role } from './people.ts'
import { isSeenByAll, kindOf, type RoomKind } from './room-kinds.ts'

/** A person's standing: the kind of room, their role in it (null: not a member), and whether they are an administrator. */
export interface Standing {
  kind: RoomKind
  role: Role | null
  admin: boolean
}

/**
 * A person's standing in a room, of nothing else about it: what is computed from it in the browser is not computed again
 * with each message.
 */
export const standingIn = ({ kind, role }: Omit<Standing, 'admin'>, admin: boolean): Standing => ({
  kind,
  role,
  admin,
})

const ranks = { member: 1, moderator: 2, owner: 3 } as const satisfies Record<Role, number>

/** The lowest role that has each right, by the kind of the room. `nobody`: no administrator either. */
export const rights = {
  /** Set the topic. */
  topic: { public: 'member', private: 'member', direct: 'nobody' },
  /** Add somebody by name. */
  bringIn: { public: 'member', private: 'moderator', direct: 'nobody' },
  /** Pin a message, or unpin it. */
  pin: { public: 'moderator', private: 'member', direct: 'member' },
  /** Mention everybody: `@room` and `@here` (see mayNameAll for small rooms). */
  nameAll: { public: 'moderator', private: 'moderator', direct: 'nobody' },
  /** Delete other people's messages. */
  deleteOthers: { public: 'moderator', private: 'moderator', direct: 'nobody' },
  /** Remove members from the room; owners remove anybody. */
  remove: { public: 'moderator', private: 'moderator', direct: 'nobody' },
  /** Make others moderators, owners, or members again. */
  roles: { public: 'owner', private: 'owner', direct: 'nobody' },
  /** Change the room's settings. */
  settings: { public: 'owner', private: 'owner', direct: 'nobody' },
  /** Delete it with everything in it. */
  deleteRoom: { public: 'owner', private: 'owner', direct: 'nobody' },
  /** Manage its webhooks. */
  integrate: { public: 'owner', private: 'owner', direct: 'nobody' },
} as const satisfies Record<string, Record<RoomKind, Role | 'nobody'>>

export type Right = keyof typeof rights

/** The effective role: an administrator counts as an owner in the rooms they are in. */
export const countsAs = ({ role, admin }: Pick<Standing, 'role' | 'admin'>): Role | null =>
  role !== null && admin ? 'owner' : role

const isAtLeast = (role: Role | null, min: Role): boolean => role !== null && ranks[role] >= ranks[min]

export function may(right: Right, standing: Standing): boolean {
  const lowest = rights[right][standing.kind]
  return lowest !== 'nobody' && isAtLeast(countsAs(standing), lowest)
}

/** An administrator deletes every room that they can see. */
export const mayDeleteRoom = (standing: Standing): boolean =>
  may('deleteRoom', standing) || (standing.admin && isSeenByAll(standing.kind))

/**
 * Whether somebody who may add people may also add a bot: it is sent everything that is said. To a public room, which a bot
 * may read and join anyway, whoever has an account; to a private one, an administrator.
 */
export const mayBringInBot = ({ kind, admin }: Standing, { guest }: { guest: boolean }): boolean =>
  admin || (kind === 'public' && !guest)

/** Whether this person may remove somebody with the role `other`; nobody is removed from the default room. */
export const mayRemove = (standing: Standing & { isDefault: boolean }, other: Role): boolean =>
  may('remove', standing) &&
  !standing.isDefault &&
  (countsAs(standing) === 'owner' || ranks[other] < ranks.moderator)

/** Whether this person may ban somebody with the role `other` (null: not a member) from the room, the default room too. */
export const mayBan = (standing: Standing, other: Role | null): boolean =>
  may('remove', standing) &&
  (other === null || countsAs(standing) === 'owner' || ranks[other] < ranks.moderator)

/** Whether somebody who sees the room may read earlier versions in it. An unknown setting allows nothing. */
export const mayReadRevisions = (readers: RevisionReaders | undefined, standing: Standing): boolean =>
  readers === 'everyone' || (readers === 'moderators' && isAtLeast(countsAs(standing), 'moderator'))

/** Whether a room that is only for moderators, or slow, holds them back. */
export const mayAlwaysWrite = (standing: Standing): boolean => isAtLeast(countsAs(standing), 'moderator')

/**
 * Whether somebody may mention everybody with `@room` and `@here`. In a small private room all may; above
 * limits.mentions.everybody people nobody may.
 */
export const mayNameAll = (standing: Standing, people: number): boolean =>
  people <= limits.mentions.everybody &&
  (may('nameAll', standing) || people <= kindOf(standing.kind).allNameAllUpTo)
