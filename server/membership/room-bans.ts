// Bans from one room, by its moderators: whoever is banned leaves it, cannot come back, and does not see it where it is public.
// They hold in the default room too. SQL of `room_bans`; who is out of which room at this moment is in moderation/ban-list.ts.
import { Refused } from '../answer.ts'
import { noteAudit, type AuditEvent } from '../audit/audit.ts'
import type { Db, Queryable } from '../db.ts'
import { banned, type Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { RoomBan } from '../protocol/moderation.ts'
import { personOf, type Person, type User } from '../protocol/people.ts'
import { may, mayBan } from '../protocol/rights.ts'
import type { Parted, Roles } from './roles.ts'
import { findMember, findStanding, type Standing } from './standing.ts'

/** Of the list that every process has in memory. */
export interface BanChanges {
  note(tx: Queryable): Promise<void>
  changed(): Promise<void>
}

export interface RoomBansDeps {
  db: Db
  roles: Pick<Roles, 'part' | 'parted'>
  changes: BanChanges
}

export interface NewRoomBan {
  room: string
  person: string
  /** Clean. */
  reason: string
  expiresAt: Date | null
}

interface Row {
  id: number
  name: string
  is_bot: number
  reason: string
  by_id: number
  by_name: string
  created_at: Date
  expires_at: Date | null
}

const holds = '(b.expires_at IS NULL OR b.expires_at > ?)'

/**
 * Why somebody cannot come in; undefined: nothing keeps them out. Held until the transaction ends: a ban at the same time waits,
 * and takes them out again.
 */
export async function refuseBanned(
  tx: Queryable,
  userId: string,
  room: string,
): Promise<Refusal | undefined> {
  const [row] = await tx.rows<{ reason: string; expires_at: Date | null }>(
    `SELECT b.reason, b.expires_at FROM room_bans b WHERE b.room_id = ? AND b.user_id = ? AND ${holds} FOR UPDATE`,
    [BigInt(room), BigInt(userId), new Date()],
  )
  return row === undefined
    ? undefined
    : banned({ reason: row.reason, until: row.expires_at?.getTime() ?? null })
}

export class RoomBans {
  readonly #deps: RoomBansDeps

  constructor(deps: RoomBansDeps) {
    this.#deps = deps
  }

  /** A second ban of one person replaces the first. */
  async put(user: User, ban: NewRoomBan, address: string): Promise<Refusal | undefined> {
    const { db, roles, changes } = this.#deps
    const { room, person: personId } = ban
    const outcome = await db.transaction(async (tx): Promise<Parted | undefined | Refusal> => {
      const standing = await this.#begin(tx, user, room)
      if ('code' in standing) return standing
      const person = await findPerson(tx, personId)
      if (person === undefined) return { code: 'no_such_person' }
      if (person.admin) return { code: 'is_admin' }
      const refusal = await insertBan(tx, user, ban)
      if (refusal !== undefined) throw new Refused(refusal)
      // After the ban: whoever was just joining is in by now, and nobody comes in any more.
      const placed = await findMember(tx, personId, room, 'lock')
      if (!mayBan({ ...standing, admin: user.admin }, placed?.role ?? null))
        throw new Refused({ code: 'not_allowed' })
      const parted =
        placed === undefined
          ? undefined
          : await roles.part(tx, { user, room, standing, person: placed.person })
      await noteAudit(tx, auditOf('room_banned', { user, address, standing, person }, ban))
      return parted
    })
    if (outcome !== undefined && 'code' in outcome) return outcome
    await changes.changed()
    if (outcome !== undefined) await roles.parted(user, room, outcome)
    return undefined
  }

  async end(user: User, room: string, personId: string, address: string): Promise<Refusal | undefined> {
    const refusal = await this.#deps.db.transaction(async (tx): Promise<Refusal | undefined> => {
      const standing = await this.#begin(tx, user, room)
      if ('code' in standing) return standing
      if (!may('remove', { ...standing, admin: user.admin })) return { code: 'not_allowed' }
      const sql = 'DELETE FROM room_bans WHERE room_id = ? AND user_id = ?'
      const { affectedRows } = await tx.run(sql, [BigInt(room), BigInt(personId)])
      const person = await findPerson(tx, personId)
      if (affectedRows === 0 || person === undefined) return { code: 'not_found' }
      await noteAudit(tx, auditOf('room_unbanned', { user, address, standing, person }))
      return undefined
    })
    if (refusal === undefined) await this.#deps.changes.changed()
    return refusal
  }

  /** For whoever may ban; the newest first. */
  async list(user: User, room: string): Promise<{ bans: RoomBan[] } | Refusal> {
    const standing = await findStanding(this.#deps.db, user.id, room)
    if (standing === undefined) return { code: 'not_found' }
    if (!may('remove', { ...standing, admin: user.admin })) return { code: 'not_allowed' }
    const rows = await this.#deps.db.rows<Row>(
      `SELECT u.id, u.name, u.is_bot, b.reason, a.id AS by_id, a.name AS by_name, b.created_at, b.expires_at
       FROM room_bans b JOIN users u ON u.id = b.user_id JOIN users a ON a.id = b.created_by
       WHERE b.room_id = ? AND ${holds} ORDER BY b.created_at DESC, u.id LIMIT ?`,
      [BigInt(room), new Date(), limits.bans.inRoom],
    )
    return { bans: rows.map(banOf) }
  }

  /** The changes of all bans happen one at a time, and so do those of a room's members. */
  async #begin(tx: Queryable, user: User, room: string): Promise<Standing | Refusal> {
    await this.#deps.changes.note(tx)
    const standing = await findStanding(tx, user.id, room, 'lock')
    if (standing === undefined) return { code: 'not_found' }
    return standing.role === null ? { code: 'not_allowed' } : standing
  }
}

async function insertBan(
  tx: Queryable,
  user: User,
  { room, person, reason, expiresAt }: NewRoomBan,
): Promise<Refusal | undefined> {
  const [count] = await tx.rows<{ bans: number }>(
    `SELECT COUNT(*) AS bans FROM room_bans b WHERE b.room_id = ? AND ${holds}`,
    [BigInt(room), new Date()],
  )
  if (Number(count?.bans) >= limits.bans.inRoom) return { code: 'too_many_bans' }
  await tx.run(
    `INSERT INTO room_bans (room_id, user_id, reason, created_by, created_at, expires_at) VALUES (?)
     ON DUPLICATE KEY UPDATE reason = VALUES(reason), created_by = VALUES(created_by),
       created_at = VALUES(created_at), expires_at = VALUES(expires_at)`,
    [[BigInt(room), BigInt(person), reason, BigInt(user.id), new Date(), expiresAt]],
  )
  return undefined
}

async function findPerson(tx: Queryable, id: string): Promise<(Person & { admin: boolean }) | undefined> {
  const [row] = await tx.rows<{ id: number; name: string; is_bot: number; is_admin: number }>(
    'SELECT id, name, is_bot, is_admin FROM users WHERE id = ?',
    [BigInt(id)],
  )
  if (row === undefined) return undefined
  const bot = row.is_bot === 1 ? { bot: true as const } : {}
  return { id: String(row.id), name: row.name, ...bot, admin: row.is_admin === 1 }
}

function auditOf(
  kind: 'room_banned' | 'room_unbanned',
  { user, address, standing, person }: { user: User; address: string; standing: Standing; person: Person },
  ban?: NewRoomBan,
): AuditEvent {
  return {
    kind,
    by: personOf(user),
    address,
    about: {
      person: personOf(person),
      room: { id: standing.id, name: standing.name },
      ...(ban === undefined || ban.reason === '' ? {} : { reason: ban.reason }),
      ...(ban === undefined || ban.expiresAt === null ? {} : { until: ban.expiresAt.getTime() }),
    },
  }
}

const banOf = ({ id, name, is_bot, reason, by_id, by_name, created_at, expires_at }: Row): RoomBan => ({
  user: { id: String(id), name, ...(is_bot === 1 ? { bot: true as const } : {}) },
  reason,
  by: { id: String(by_id), name: by_name },
  at: created_at.getTime(),
  expiresAt: expires_at?.getTime() ?? null,
})
