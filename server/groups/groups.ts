// Groups of people: SQL of `user_groups` and `group_members`, and who may change them. A name is nobody else's, of a person or of
// a group.
import { Refused } from '../answer.ts'
import { noteAudit } from '../audit/audit.ts'
import type { WorkspaceSettings } from '../access/workspace.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { isBarred } from '../naming/look-alikes.ts'
import { idByName, nameFields, refuseGroupName } from '../naming/names-taken.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Group, GroupsAnswer, GroupSummary } from '../protocol/groups.ts'
import { limits } from '../protocol/limits.ts'
import { cleanName, nameKey } from '../protocol/names.ts'
import { personOf, type User } from '../protocol/people.ts'
import type { KnownGroups } from './known-groups.ts'

export interface GroupsDeps {
  db: Db
  settings: Pick<WorkspaceSettings, 'read'>
  known: Pick<KnownGroups, 'changed'>
}

/** Who changes groups, and from where. */
export interface Changing {
  by: User
  address: string
}

interface Row {
  id: number
  name: string
  created_by: number
  people: number
  mine: number
}

const notFound: Refusal = { code: 'not_found' }

export class Groups {
  readonly #deps: GroupsDeps

  constructor(deps: GroupsDeps) {
    this.#deps = deps
  }

  async list(user: User): Promise<GroupsAnswer> {
    const mayMake = await this.#mayMake(user)
    const rows = await rowsOf(this.#deps.db, user, 'TRUE', [])
    return { groups: rows.map((row) => summaryOf(row, user, mayMake)), mayMake }
  }

  async one(user: User, id: string): Promise<Group | Refusal> {
    const mayMake = await this.#mayMake(user)
    const [row] = await rowsOf(this.#deps.db, user, 'g.id = ?', [BigInt(id)])
    if (row === undefined) return notFound
    const members = await this.#deps.db.rows<{ id: number; name: string; is_bot: number }>(
      `SELECT u.id, u.name, u.is_bot FROM group_members m JOIN users u ON u.id = m.user_id
       WHERE m.group_id = ? ORDER BY u.name_key LIMIT ?`,
      [BigInt(id), limits.groups.people],
    )
    return {
      ...summaryOf(row, user, mayMake),
      members: members.map((one) =>
        personOf({ id: String(one.id), name: one.name, ...(one.is_bot === 1 ? { bot: true } : {}) }),
      ),
    }
  }

  /** A new one, in which nobody is. */
  async make({ by, address }: Changing, raw: string): Promise<Group | Refusal> {
    if (!(await this.#mayMake(by))) return { code: 'no_group_right' }
    const name = cleanGroupName(raw)
    if (typeof name === 'object') return name
    const { key, skeleton } = nameFields(name)
    return this.#changed(by, async (tx) => {
      // Of two that would exceed the limit, the second one waits.
      const rows = await tx.rows('SELECT id FROM user_groups ORDER BY id FOR UPDATE')
      if (rows.length >= limits.groups.atOnce) throw new Refused({ code: 'too_many_groups' })
      const { insertId } = await tx.run(
        'INSERT INTO user_groups (name, name_key, skeleton, created_by, created_at) VALUES (?)',
        [[name, key, skeleton, BigInt(by.id), new Date()]],
      )
      await requireFree(tx, insertId, name)
      await noteAudit(tx, { kind: 'group_made', by: personOf(by), address, about: { id: insertId, name } })
      return insertId
    })
  }

  async rename({ by, address }: Changing, id: string, raw: string): Promise<Group | Refusal> {
    const name = cleanGroupName(raw)
    if (typeof name === 'object') return name
    const { key, skeleton } = nameFields(name)
    return this.#changed(by, async (tx) => {
      const { name: before } = await this.#requireOwn(tx, by, id)
      await tx.run('UPDATE user_groups SET name = ?, name_key = ?, skeleton = ? WHERE id = ?', [
        name,
        key,
        skeleton,
        BigInt(id),
      ])
      await requireFree(tx, id, name)
      const about = { id, name: before, changed: { name } }
      await noteAudit(tx, { kind: 'group_changed', by: personOf(by), address, about })
      return id
    })
  }

  async delete({ by, address }: Changing, id: string): Promise<Refusal | undefined> {
    const done = await this.#change(async (tx) => {
      const { name } = await this.#requireOwn(tx, by, id)
      await tx.run('DELETE FROM group_members WHERE group_id = ?', [BigInt(id)])
      await tx.run('DELETE FROM user_groups WHERE id = ?', [BigInt(id)])
      await noteAudit(tx, { kind: 'group_deleted', by: personOf(by), address, about: { id, name } })
      return id
    })
    return typeof done === 'object' ? done : undefined
  }

  async addNamed(changing: Changing, id: string, name: string): Promise<Group | Refusal> {
    const person = await idByName(this.#deps.db, nameKey(cleanName(name.replace(/^@/, '')) ?? ''))
    return this.add(changing, id, person ?? '0')
  }

  /** Adding twice is the same as once. */
  async add({ by, address }: Changing, id: string, userId: string): Promise<Group | Refusal> {
    return this.#changed(by, async (tx) => {
      const { name } = await this.#requireOwn(tx, by, id)
      const [person] = await tx.rows<{ id: number }>(
        'SELECT id FROM users WHERE id = ? AND ended_at IS NULL',
        [BigInt(userId)],
      )
      if (person === undefined) throw new Refused({ code: 'no_such_person' })
      const have = await tx.rows<{ user_id: number }>(
        'SELECT user_id FROM group_members WHERE group_id = ?',
        [BigInt(id)],
      )
      if (have.some((one) => String(one.user_id) === userId)) return id
      if (have.length >= limits.groups.people) throw new Refused({ code: 'group_full' })
      await tx.run('INSERT INTO group_members (group_id, user_id) VALUES (?)', [[BigInt(id), BigInt(userId)]])
      const about = { id, name, person: { id: userId, name: '' } }
      await noteAudit(tx, { kind: 'group_joined', by: personOf(by), address, about })
      return id
    })
  }

  /** Everybody may take themselves out. */
  async remove({ by, address }: Changing, id: string, userId: string): Promise<Group | Refusal> {
    return this.#changed(by, async (tx) => {
      const { name } = await this.#requireOwn(tx, by, id, userId === by.id)
      const { affectedRows } = await tx.run('DELETE FROM group_members WHERE group_id = ? AND user_id = ?', [
        BigInt(id),
        BigInt(userId),
      ])
      const about = { id, name, person: { id: userId, name: '' } }
      if (affectedRows > 0) await noteAudit(tx, { kind: 'group_left', by: personOf(by), address, about })
      return id
    })
  }

  /** Answers the group as it is then. */
  async #changed(by: User, work: (tx: Queryable) => Promise<string>): Promise<Group | Refusal> {
    const done = await this.#change(work)
    return typeof done === 'object' ? done : this.one(by, done)
  }

  /** The servers know it a moment later, this one at once. `work` answers the group's id. */
  async #change(work: (tx: Queryable) => Promise<string>): Promise<string | Refusal> {
    const { db, known } = this.#deps
    try {
      const id = await db.transaction(work)
      await known.changed()
      return id
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      if (isDuplicate(error)) return { code: 'name_taken' }
      throw error
    }
  }

  /** Locks it. @throws Refused */
  async #requireOwn(tx: Queryable, user: User, id: string, isSelf = false): Promise<{ name: string }> {
    const [row] = await tx.rows<{ name: string; created_by: number }>(
      'SELECT name, created_by FROM user_groups WHERE id = ? FOR UPDATE',
      [BigInt(id)],
    )
    if (row === undefined) throw new Refused(notFound)
    const mayMake = isSelf || (await this.#mayMake(user, tx))
    if (!isSelf && !mayChange(row, user, mayMake)) throw new Refused({ code: 'no_group_right' })
    return row
  }

  /**
   * A setting of the workspace; never guests or programs. Trap: within a transaction it must not wait for another connection,
   * which all others may hold.
   */
  async #mayMake({ admin, guest, bot }: User, tx?: Queryable): Promise<boolean> {
    if (admin) return true
    return !guest && bot !== true && (await this.#deps.settings.read(tx)).groups === 'members'
  }
}

const mayChange = ({ created_by }: Pick<Row, 'created_by'>, user: User, mayMake: boolean): boolean =>
  user.admin || (mayMake && String(created_by) === user.id)

const rowsOf = (db: Queryable, user: User, which: string, params: bigint[]): Promise<Row[]> =>
  db.rows<Row>(
    `SELECT g.id, g.name, g.created_by, COUNT(m.user_id) AS people, COALESCE(SUM(m.user_id = ?), 0) AS mine
     FROM user_groups g LEFT JOIN group_members m ON m.group_id = g.id
     WHERE ${which} GROUP BY g.id, g.name, g.created_by, g.name_key ORDER BY g.name_key`,
    [BigInt(user.id), ...params],
  )

const summaryOf = (row: Row, user: User, mayMake: boolean): GroupSummary => ({
  id: String(row.id),
  name: row.name,
  people: Number(row.people),
  mine: Number(row.mine) > 0,
  mayChange: mayChange(row, user, mayMake),
})

/** As a person may be called. */
function cleanGroupName(raw: string): string | Refusal {
  const name = cleanName(raw)
  if (name === undefined) return { code: 'bad_name' }
  return isBarred(name) ? { code: 'misleading_name' } : name
}

async function requireFree(tx: Queryable, id: string, name: string): Promise<void> {
  const refusal = await refuseGroupName(tx, { id, name })
  if (refusal !== undefined) throw new Refused(refusal)
}
