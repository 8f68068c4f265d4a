// Roles in a room and what follows from them: who is made an owner or a moderator, and who is removed. Decided in
// MySQL with the room locked, then told by a notice in its log, as joins are. Limit: of two changes of one person in
// the same moment, the log may name the other one last, until the next change.
import { noteAudit } from '../audit/audit.ts'
import type { Db, Queryable } from '../db.ts'
import { newCid } from '../protocol/cid.ts'
import type { Refusal } from '../protocol/errors.ts'
import { personOf, type Person, type Role, type User } from '../protocol/people.ts'
import { may, mayRemove, type Right, type Standing as MemberStanding } from '../protocol/rights.ts'
import { kindOf, type RoomKind } from '../protocol/room-kinds.ts'
import type { Happening, Notices } from './notices.ts'
import type { Roster } from './roster.ts'
import {
  deleteMember,
  findMember,
  findStanding,
  handOver,
  isLastOwner,
  sees,
  setRole,
  type Placed,
  type Standing,
} from './standing.ts'

export interface RolesDeps {
  db: Db
  notices: Notices
  roster: Roster
}

/** Who was taken out of a room, and who has it now if they were its last owner. */
export interface Parted {
  person: Person
  heir: Person | undefined
}

/** A change, and the person it is about. */
interface Change {
  standing: Standing
  placed: Placed
}

export class Roles {
  readonly #deps: RolesDeps

  constructor(deps: RolesDeps) {
    this.#deps = deps
  }

  /**
   * Somebody's standing in a room, as MySQL has it at this moment: `role` is null if they are not in it. Undefined
   * for a room that does not exist or that they cannot see.
   */
  async standing(userId: string, room: string): Promise<MemberStanding | undefined> {
    const { db } = this.#deps
    const [row] = await db.rows<{ kind: RoomKind; role: Role | null; is_admin: number }>(
      `SELECT r.kind, m.role, u.is_admin FROM rooms r JOIN users u ON u.id = ?
       LEFT JOIN memberships m ON m.user_id = u.id AND m.room_id = r.id WHERE r.id = ?`,
      [BigInt(userId), BigInt(room)],
    )
    if (row === undefined) return undefined
    if (row.role === null && !(await sees(db, userId, { id: room, kind: row.kind }))) return undefined
    return { kind: row.kind, role: row.role, admin: row.is_admin === 1 }
  }

  /** Whether somebody has a right in a room, as MySQL has it at this moment. */
  async may(right: Right, userId: string, room: string): Promise<boolean> {
    const standing = await this.standing(userId, room)
    return standing !== undefined && may(right, standing)
  }

  /** Gives somebody this role; `address`: from where it is asked. The same role again is no change; a room keeps an owner. */
  async set(
    user: User,
    room: string,
    personId: string,
    role: Role,
    address: string,
  ): Promise<Refusal | undefined> {
    const made = await this.#deps.db.transaction(async (tx): Promise<Person | Refusal | undefined> => {
      const found = await findBoth(tx, user, room, personId)
      if ('code' in found) return found
      const { standing, placed } = found
      if (!may('roles', { ...standing, admin: user.admin })) return { code: 'not_allowed' }
      if (placed.role === role) return undefined
      if (placed.role === 'owner' && (await isLastOwner(tx, personId, room))) return { code: 'last_owner' }
      await setRole(tx, personId, room, role)
      await this.#deps.notices.note(tx, { room, user, notice: { kind: 'role', person: placed.person, role } })
      const about = { person: placed.person, room: { id: room, name: standing.name }, role }
      await noteAudit(tx, { kind: 'role', by: personOf(user), address, about })
      return placed.person
    })
    if (made === undefined || 'code' in made) return made
    await this.#deps.roster.personChanged(personId, room)
    await this.#deps.notices.tell({ room, user, notice: { kind: 'role', person: made, role } })
    return undefined
  }

  /**
   * Makes somebody an owner in the place of `user`, who has the role `own` from then on. Of whoever counts as an owner only because
   * they are an administrator there is nothing to hand over.
   */
  async handOver(
    user: User,
    room: string,
    { to, own, address }: { to: string; own: Exclude<Role, 'owner'>; address: string },
  ): Promise<Refusal | undefined> {
    const { db, notices, roster } = this.#deps
    const done = await db.transaction(async (tx): Promise<Happening | Refusal> => {
      const standing = await findStanding(tx, user.id, room, 'lock')
      if (standing === undefined) return { code: 'not_found' }
      if (standing.role !== 'owner') return { code: 'not_allowed' }
      const placed = await findMember(tx, to, room)
      if (placed === undefined) return { code: 'no_such_member' }
      const { person } = placed
      if (person.id === user.id || person.bot === true) return { code: 'not_allowed' }
      await setRole(tx, person.id, room, 'owner')
      await setRole(tx, user.id, room, own)
      const handed: Happening = { room, user, notice: { kind: 'role', person, role: 'owner', own } }
      await notices.note(tx, handed)
      const about = { person, room: { id: room, name: standing.name }, role: own }
      await noteAudit(tx, { kind: 'handed_over', by: personOf(user), address, about })
      return handed
    })
    if ('code' in done) return done
    await roster.peopleChanged([to, user.id], room)
    await notices.tell(done)
    return undefined
  }

  /** Removes somebody from the room. They may join a public one again. */
  async remove(user: User, room: string, personId: string, address: string): Promise<Refusal | undefined> {
    const gone = await this.#deps.db.transaction(async (tx): Promise<Parted | Refusal> => {
      const found = await findBoth(tx, user, room, personId)
      if ('code' in found) return found
      const { standing, placed } = found
      if (standing.isDefault) return { code: 'last_room' }
      if (!mayRemove({ ...standing, admin: user.admin }, placed.role)) return { code: 'not_allowed' }
      const { person } = placed
      const parted = await this.part(tx, { user, room, standing, person })
      const about = { person, room: { id: room, name: standing.name } }
      await noteAudit(tx, { kind: 'removed', by: personOf(user), address, about })
      return parted
    })
    if ('code' in gone) return gone
    await this.parted(user, room, gone)
    return undefined
  }

  /** With the room locked: takes a member out of it. Once that is committed, call `parted`. */
  async part(
    tx: Queryable,
    { user, room, standing, person }: { user: User; room: string; standing: Standing; person: Person },
  ): Promise<Parted> {
    const { notices } = this.#deps
    const cid = newCid()
    await deleteMember(tx, person.id, room, { by: user.id, cid })
    const heir = kindOf(standing.kind).hasHeir ? await handOver(tx, room) : undefined
    if (heir !== undefined) await notices.note(tx, inherited(user, room, heir))
    await notices.note(tx, { room, user, notice: { kind: 'removed', person } }, cid)
    return { person, heir }
  }

  async parted(user: Person, room: string, { person, heir }: Parted): Promise<void> {
    await this.#deps.roster.personChanged(person.id, room)
    if (heir !== undefined) await this.inherited(user, room, heir)
    await this.#deps.notices.tell({ room, user, notice: { kind: 'removed', person } })
  }

  /** Somebody inherited the room because its last owner is leaving it. */
  async inherited(user: Person, room: string, heir: Person): Promise<void> {
    await this.#deps.roster.personChanged(heir.id, room)
    await this.#deps.notices.tell(inherited(user, room, heir))
  }
}

/** Somebody has the room now, for `user` leaves it or removes its last owner. */
export const inherited = (user: Person, room: string, heir: Person): Happening => ({
  room,
  user,
  notice: { kind: 'role', person: heir, role: 'owner' },
})

/** Standings in a locked room: of the person who acts, and of the one they mean. */
async function findBoth(
  tx: Queryable,
  user: User,
  room: string,
  personId: string,
): Promise<Change | Refusal> {
  const standing = await findStanding(tx, user.id, room, 'lock')
  if (standing === undefined) return { code: 'not_found' }
  if (standing.role === null) return { code: 'not_allowed' }
  const placed = await findMember(tx, personId, room)
  return placed === undefined ? { code: 'no_such_member' } : { standing, placed }
}
