// The actions on a room member: which of them are allowed, and how the rows request them.
import { inject, type InjectionKey } from 'vue'
import type { Member, Role, RoomSummary } from '../../server/protocol/people.ts'
import { may, mayBan, mayRemove, standingIn } from '../../server/protocol/rights.ts'

export type PersonAction = Role | 'handOver' | 'remove' | 'ban'

export interface PersonActions {
  /** What you may do with this person. */
  actions: (person: Member) => readonly PersonAction[]
  /** Performs it, after a confirmation if it needs one. */
  ask: (person: Member, action: PersonAction) => void
}

export const personActions: InjectionKey<PersonActions> = Symbol('personActions')

/** Undefined if nobody has provided it: the room is only being previewed. */
export const usePersonActions = (): PersonActions | undefined => inject(personActions, undefined)

const roles: readonly Role[] = ['owner', 'moderator', 'member']

/** You leave a room; you cannot remove yourself. */
export function actionsFor(
  room: Pick<RoomSummary, 'kind' | 'role' | 'isDefault'>,
  reader: { id: string; admin: boolean },
  person: Pick<Member, 'id' | 'role' | 'bot'>,
): PersonAction[] {
  const standing = { ...standingIn(room, reader.admin), isDefault: room.isDefault }
  const made: PersonAction[] = may('roles', standing) ? roles.filter((role) => role !== person.role) : []
  if (person.id === reader.id) return made
  return [
    ...made,
    ...(room.role === 'owner' && person.role !== 'owner' && person.bot !== true
      ? (['handOver'] as const)
      : []),
    ...(mayRemove(standing, person.role) ? (['remove'] as const) : []),
    ...(mayBan(standing, person.role) ? (['ban'] as const) : []),
  ]
}

/** What the person cannot undo is confirmed first. */
export const isAsked = (action: PersonAction, isSelf: boolean): boolean =>
  isSelf || ['owner', 'handOver', 'remove', 'ban'].includes(action)
