// Who may do what in a room: one table, for the server that decides and the browser that offers. Pure.
// docs/rights.md shows it to people; a test holds the two together.
import { limits } from './limits.ts'
import type { RevisionReaders, Role, RoomKind } from './people.ts'

/** Where somebody stands: in which kind of room, as what (null: not in it), and whether they look after the house. */
export interface Standing {
  kind: RoomKind
  role: Role | null
  admin: boolean
}

const ranks = { member: 1, moderator: 2, owner: 3 } as const satisfies Record<Role, number>

/** The least that one must be for each right, by the kind of the room. */
export const rights = {
  /** Set the topic. */
  topic: { public: 'member', private: 'member' },
  /** Bring somebody in by name. */
  bringIn: { public: 'member', private: 'moderator' },
  /** Pin a message, or unpin it. */
  pin: { public: 'moderator', private: 'member' },
  /** Name everybody: `@room` and `@here` (see mayNameAll for small rooms). */
  nameAll: { public: 'moderator', private: 'moderator' },
  /** Delete what others said. */
  deleteOthers: { public: 'moderator', private: 'moderator' },
  /** Remove members from the room; owners remove anybody. */
  remove: { public: 'moderator', private: 'moderator' },
  /** Make others moderators, owners, or members again. */
  roles: { public: 'owner', private: 'owner' },
  /** Change the room's settings. */
  settings: { public: 'owner', private: 'owner' },
  /** Look after its webhooks. */
  integrate: { public: 'owner', private: 'owner' },
} as const satisfies Record<string, Record<RoomKind, Role>>

export type Right = keyof typeof rights

/** What somebody counts as: who looks after the house is as good as an owner in the rooms they are in. */
export const countsAs = ({ role, admin }: Pick<Standing, 'role' | 'admin'>): Role | null =>
  role !== null && admin ? 'owner' : role

const isAtLeast = (role: Role | null, least: Role): boolean => role !== null && ranks[role] >= ranks[least]

export const may = (right: Right, standing: Standing): boolean =>
  isAtLeast(countsAs(standing), rights[right][standing.kind])

/** Whether this person may remove one who is `other`; nobody is removed from the room that everybody is in. */
export const mayRemove = (standing: Standing & { isDefault: boolean }, other: Role): boolean =>
  may('remove', standing) &&
  !standing.isDefault &&
  (countsAs(standing) === 'owner' || ranks[other] < ranks.moderator)

/** Whether somebody who sees the room may read earlier texts in it. What is not known is not allowed. */
export const mayReadRevisions = (readers: RevisionReaders | undefined, standing: Standing): boolean =>
  readers === 'everyone' || (readers === 'moderators' && isAtLeast(countsAs(standing), 'moderator'))

/**
 * Whether somebody names everybody by `@room` and `@here`. In a small private room all do; for more people than
 * limits.mentions.everybody nobody does.
 */
export const mayNameAll = (standing: Standing, people: number): boolean =>
  people <= limits.mentions.everybody &&
  (may('nameAll', standing) || (standing.kind === 'private' && people <= limits.mentions.smallRoom))
