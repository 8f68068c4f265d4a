// What one can do with a person of a room: which of it by right, and the door through which the rows ask for it.
import { inject, type InjectionKey } from 'vue'
import type { Member, Role, RoomSummary } from '../../server/protocol/people.ts'
import { may, mayRemove } from '../../server/protocol/rights.ts'

export type PersonDeed = Role | 'remove'

export interface PersonActs {
  /** What the reader may do with this person. */
  deeds: (person: Member) => readonly PersonDeed[]
  /** Does it, after a question where it needs one. */
  ask: (person: Member, deed: PersonDeed) => void
}

export const personActs: InjectionKey<PersonActs> = Symbol('personActs')

/** Nothing where nobody has provided it: in a room that is looked at and not lived in. */
export const usePersonActs = (): PersonActs | undefined => inject(personActs, undefined)

const roles: readonly Role[] = ['owner', 'moderator', 'member']

/** One leaves by oneself, and does not remove oneself. */
export function deedsFor(
  room: Pick<RoomSummary, 'kind' | 'role' | 'isDefault'>,
  reader: { id: string; admin: boolean },
  person: Pick<Member, 'id' | 'role'>,
): PersonDeed[] {
  const standing = { ...room, admin: reader.admin }
  const made: PersonDeed[] = may('roles', standing) ? roles.filter((role) => role !== person.role) : []
  return person.id !== reader.id && mayRemove(standing, person.role) ? [...made, 'remove'] : made
}

/** What cannot be undone by oneself is asked first. */
export const isAsked = (deed: PersonDeed, isSelf: boolean): boolean =>
  isSelf || deed === 'owner' || deed === 'remove'
