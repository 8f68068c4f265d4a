// Decides that a room is deleted, or restored. A deleted room is private and nobody is in it, so for everybody it is not there,
// whatever they ask; who was in it is kept beside. Invariant: of a notice, its change and its line in the audit log all are
// there or none; the notice is told until the log has it (membership/notices.ts).
import { isRefusal, Refused } from '../answer.ts'
import { noteAudit } from '../audit/audit.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import type { Happening, Notices } from '../membership/notices.ts'
import { facts, roomFacts, type Roster, type RoomRow } from '../membership/roster.ts'
import { findRole, sees, handOver } from '../membership/standing.ts'
import { nameFields } from '../naming/names-taken.ts'
import { requireOwnLook } from '../naming/room-names.ts'
import { newCid } from '../protocol/cid.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { looksLikeAnother } from '../protocol/misleading-names.ts'
import { cleanRoomName } from '../protocol/names.ts'
import { personOf, type Person, type User } from '../protocol/people.ts'
import { mayDeleteRoom } from '../protocol/rights.ts'
import type { DeletedRoom } from '../protocol/room-deletion.ts'
import { isSeenByAll, kindOf, type RoomKind } from '../protocol/room-kinds.ts'
import { keepMembers, restoreMembers } from './members.ts'

export interface DeletionsDeps {
  db: Db
  notices: Pick<Notices, 'note' | 'tell'>
  roster: Pick<Roster, 'roomChanged' | 'peopleChanged'>
  now?: (() => number) | undefined
}

/** Who decides, and from where. */
export interface Deciding {
  user: User
  address: string
}

interface Row {
  id: number
  room_id: number
  name: string
  kind: RoomKind
  people: number
  by_id: number
  by_name: string
  created_at: Date
}

interface Changed {
  happening: Happening
  people: string[]
}

const restorable = 'd.erased_at IS NULL AND d.restored_at IS NULL AND d.final_at IS NULL AND d.created_at > ?'

export class Deletions {
  readonly #deps: DeletionsDeps
  readonly #now: () => number

  constructor(deps: DeletionsDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  /** `name`: as it was typed to make sure. */
  async delete(deciding: Deciding, room: string, name: string): Promise<Refusal | undefined> {
    const done = await this.#deps.db.transaction((tx) => this.#delete(tx, deciding, room, name))
    return isRefusal(done) ? done : this.#told(room, done)
  }

  /** Within limits.erasing.undoMs; with another name, if its own is another room's now. */
  async restore(deciding: Deciding, room: string, rawName: string | undefined): Promise<Refusal | undefined> {
    const name = rawName === undefined ? undefined : cleanRoomName(rawName)
    if (rawName !== undefined && name === undefined) return { code: 'bad_room_name' }
    if (name !== undefined && looksLikeAnother(name)) return { code: 'misleading_name' }
    try {
      const done = await this.#deps.db.transaction((tx) => this.#restore(tx, deciding, room, name))
      return isRefusal(done) ? done : await this.#told(room, done)
    } catch (error) {
      if (isDuplicate(error)) return { code: 'room_name_taken' }
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }

  /** Those that can be restored, the newest first. */
  async list(): Promise<DeletedRoom[]> {
    const rows = await this.#deps.db.rows<Row>(
      `SELECT d.* FROM room_deletions d WHERE ${restorable} ORDER BY d.id DESC LIMIT ?`,
      [this.#oldest(), limits.erasing.listed],
    )
    return rows.map((row) => ({
      id: String(row.room_id),
      name: row.name,
      kind: row.kind,
      people: row.people,
      by: { id: String(row.by_id), name: row.by_name },
      at: row.created_at.getTime(),
      restorableUntil: row.created_at.getTime() + limits.erasing.undoMs,
    }))
  }

  async #delete(
    tx: Queryable,
    { user, address }: Deciding,
    room: string,
    typed: string,
  ): Promise<Changed | Refusal> {
    const id = BigInt(room)
    const sql = `SELECT ${facts} FROM rooms r WHERE r.id = ? AND r.deleted_at IS NULL FOR UPDATE`
    const [row] = await tx.rows<RoomRow>(sql, [id])
    if (row === undefined) return { code: 'not_found' }
    const { name, kind, isDefault } = roomFacts(row)
    const role = await findRole(tx, user.id, room)
    if (role === null && !(await sees(tx, user.id, { id: room, kind }))) return { code: 'not_found' }
    if (!mayDeleteRoom({ kind, role, admin: user.admin })) return { code: 'not_allowed' }
    if (isDefault) return { code: 'default_room' }
    if (cleanRoomName(typed) !== name) return { code: 'wrong_room_name' }
    const by = personOf(user)
    const cid = newCid()
    const now = new Date(this.#now())
    const happening: Happening = { room, user: by, notice: { kind: 'deleted', shown: isSeenByAll(kind) } }
    const people = await keepMembers(tx, room, { by, cid })
    await tx.run(
      "UPDATE rooms SET deleted_at = ?, kind = 'private', public_key = NULL, skeleton = NULL WHERE id = ?",
      [now, id],
    )
    await tx.run(
      'INSERT INTO room_deletions (room_id, name, kind, people, cid, by_id, by_name, created_at) VALUES (?)',
      [[id, name, kind, people.length, cid, BigInt(by.id), by.name, now]],
    )
    await this.#deps.notices.note(tx, happening, cid)
    await noteAudit(tx, { kind: 'room_deleted', by, address, about: { room: { id: room, name } } })
    return { happening, people }
  }

  async #restore(
    tx: Queryable,
    { user, address }: Deciding,
    room: string,
    newName: string | undefined,
  ): Promise<Changed | Refusal> {
    const id = BigInt(room)
    // Locked before any plain read: erasing for good waits, or is seen.
    await tx.rows('SELECT id FROM rooms WHERE id = ? FOR UPDATE', [id])
    const [row] = await tx.rows<Row & { is_open: number }>(
      `SELECT d.*, (${restorable}) AS is_open FROM room_deletions d
       WHERE d.room_id = ? AND d.restored_at IS NULL ORDER BY d.id DESC LIMIT 1 FOR UPDATE`,
      [this.#oldest(), id],
    )
    if (row === undefined) return { code: 'not_found' }
    if (row.is_open !== 1) return { code: 'erased_for_good' }
    const { kind } = row
    const name = newName ?? row.name
    const own = kindOf(kind).ownsName ? nameFields(name) : undefined
    await tx.run(
      'UPDATE rooms SET deleted_at = NULL, kind = ?, name = ?, public_key = ?, skeleton = ? WHERE id = ?',
      [kind, name, own?.key ?? null, own?.skeleton ?? null, id],
    )
    if (own !== undefined) await requireOwnLook(tx, { id: room, name })
    const people = await restoreMembers(tx, room)
    if (kindOf(kind).hasHeir) await handOver(tx, room)
    await tx.run('UPDATE room_deletions SET restored_at = ? WHERE id = ?', [new Date(this.#now()), row.id])
    const by: Person = personOf(user)
    const happening: Happening = { room, user: by, notice: { kind: 'undeleted' } }
    await this.#deps.notices.note(tx, happening)
    await noteAudit(tx, { kind: 'room_restored', by, address, about: { room: { id: room, name } } })
    return { happening, people }
  }

  /** Once that is committed. */
  async #told(room: string, { happening, people }: Changed): Promise<undefined> {
    await this.#deps.roster.roomChanged(room)
    await this.#deps.roster.peopleChanged(people, room)
    await this.#deps.notices.tell(happening)
  }

  #oldest(): Date {
    return new Date(this.#now() - limits.erasing.undoMs)
  }
}
