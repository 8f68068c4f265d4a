// What people are in a room, and what comes of it: who is made an owner or a moderator, and who is taken out. Decided in
// MySQL with the room held, then told by a notice in its log, as joins are.
// Limit: of two changes of one person in the same moment the log may name the other one last, until the next is made.
import type { Db, Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Person, Role, RoomKind, User } from '../protocol/people.ts'
import { may, mayRemove, type Right } from '../protocol/rights.ts'
import { tell, type Telling } from './notices.ts'
import type { Roster } from './roster.ts'
import {
  deleteMember,
  findMember,
  findStanding,
  handOver,
  isLastOwner,
  setRole,
  type Placed,
  type Standing,
} from './standing.ts'

export interface RolesParts extends Telling {
  db: Db
  roster: Roster
}

/** What may be changed, and whom it is about. */
interface Change {
  standing: Standing
  placed: Placed
}

export class Roles {
  readonly #parts: RolesParts

  constructor(parts: RolesParts) {
    this.#parts = parts
  }

  /** Whether somebody has a right in a room, as MySQL has it this moment. */
  async may(right: Right, userId: string, room: string): Promise<boolean> {
    const [row] = await this.#parts.db.rows<{ kind: RoomKind; role: Role; is_admin: number }>(
      `SELECT r.kind, m.role, u.is_admin FROM memberships m JOIN users u ON u.id = m.user_id
       JOIN rooms r ON r.id = m.room_id WHERE m.user_id = ? AND m.room_id = ?`,
      [BigInt(userId), BigInt(room)],
    )
    return row !== undefined && may(right, { kind: row.kind, role: row.role, admin: row.is_admin === 1 })
  }

  /** Makes somebody this in the room. What they are already is no change; a room keeps an owner. */
  async set(user: User, room: string, personId: string, role: Role): Promise<Refusal | undefined> {
    const made = await this.#parts.db.transaction(async (tx): Promise<Person | Refusal | undefined> => {
      const found = await findBoth(tx, user, room, personId)
      if ('code' in found) return found
      const { standing, placed } = found
      if (!may('roles', { ...standing, admin: user.admin })) return { code: 'not_allowed' }
      if (placed.role === role) return undefined
      if (placed.role === 'owner' && (await isLastOwner(tx, personId, room))) return { code: 'last_owner' }
      await setRole(tx, personId, room, role)
      return placed.person
    })
    if (made === undefined || 'code' in made) return made
    await this.#parts.roster.personChanged(personId, room)
    await tell(this.#parts, { room, user, notice: { kind: 'role', person: made, role } })
    return undefined
  }

  /** Takes somebody out of the room. Into a public one they may come again. */
  async remove(user: User, room: string, personId: string): Promise<Refusal | undefined> {
    const gone = await this.#parts.db.transaction(
      async (tx): Promise<{ person: Person; heir: Person | undefined } | Refusal> => {
        const found = await findBoth(tx, user, room, personId)
        if ('code' in found) return found
        const { standing, placed } = found
        if (standing.isDefault) return { code: 'last_room' }
        if (!mayRemove({ ...standing, admin: user.admin }, placed.role)) return { code: 'not_allowed' }
        await deleteMember(tx, personId, room)
        const heir = standing.kind === 'private' ? await handOver(tx, room) : undefined
        return { person: placed.person, heir }
      },
    )
    if ('code' in gone) return gone
    await this.#parts.roster.personChanged(personId, room)
    if (gone.heir !== undefined) await this.inherited(user, room, gone.heir)
    await tell(this.#parts, { room, user, notice: { kind: 'removed', person: gone.person } })
    return undefined
  }

  /** The room went to somebody because its last owner is leaving it. */
  async inherited(user: Person, room: string, heir: Person): Promise<void> {
    await this.#parts.roster.personChanged(heir.id, room)
    await tell(this.#parts, { room, user, notice: { kind: 'role', person: heir, role: 'owner' } })
  }
}

/** Where somebody stands in a room, which is held, and whom they mean in it. */
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
