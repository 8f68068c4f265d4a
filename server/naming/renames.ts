// Renames: one's own name, and somebody's by an administrator. SQL of the names in `users` and of `former_names`.
import { noteAudit } from '../audit/audit.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { cleanReason, type Banning } from '../moderation/bans.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { FormerName } from '../protocol/naming.ts'
import { cleanName } from '../protocol/names.ts'
import { limits } from '../protocol/limits.ts'
import { Refused } from '../answer.ts'
import { isBarred } from './look-alikes.ts'
import { leadingSince, nameFields, refuseTaken } from './names-taken.ts'
import { noteNames, type PresentNames } from './present-names.ts'

interface Row {
  name: string
  name_key: string
  is_bot: number
  ended_at: Date | null
}

export interface RenamesDeps {
  db: Db
  names: Pick<PresentNames, 'changed'>
}

export interface Renaming extends Banning {
  /** By an administrator: what they are told, '' for no more than the new name. */
  note?: string
}

export class Renames {
  readonly #deps: RenamesDeps

  constructor(deps: RenamesDeps) {
    this.#deps = deps
  }

  /**
   * Their new name. Everybody sees it at once, in old messages too; the one before leads to them for limits.names.leadMs, and is
   * nobody else's in that time.
   */
  async rename(renaming: Renaming, userId: string, raw: string): Promise<{ name: string } | Refusal> {
    const name = cleanName(raw)
    if (name === undefined) return { code: 'bad_name' }
    if (isBarred(name)) return { code: 'misleading_name' }
    const note = cleanReason(renaming.note)
    if (note === undefined) return { code: 'bad_reason' }
    try {
      await this.#deps.db.transaction(async (tx) => {
        await noteNames(tx)
        const [row] = await tx.rows<Row>(
          'SELECT name, name_key, is_bot, ended_at FROM users WHERE id = ? FOR UPDATE',
          [BigInt(userId)],
        )
        if (row === undefined || row.is_bot === 1 || row.ended_at !== null)
          throw new Refused({ code: 'no_such_person' })
        if (row.name !== name) await change(tx, { ...renaming, note }, { userId, name, before: row })
      })
    } catch (error) {
      if (isDuplicate(error)) return { code: 'name_taken' }
      if (error instanceof Refused) return error.refusal
      throw error
    }
    await this.#deps.names.changed()
    return { name }
  }

  /** Names that still lead to them, the last first, each with when it is free. */
  async formerOf(userId: string): Promise<FormerName[]> {
    const rows = await this.#deps.db.rows<{ name: string; ended_at: Date }>(
      'SELECT name, ended_at FROM former_names WHERE user_id = ? AND ended_at > ? ORDER BY id DESC LIMIT 200',
      [BigInt(userId), leadingSince()],
    )
    return rows.map(({ name, ended_at }) => ({ name, until: ended_at.getTime() + limits.names.leadMs }))
  }

  /** They have read what an administrator told them. */
  async noteRead(userId: string): Promise<void> {
    const read = await this.#deps.db.transaction(async (tx) => {
      await noteNames(tx)
      return tx.run('DELETE FROM rename_notes WHERE user_id = ?', [BigInt(userId)])
    })
    if (read.affectedRows > 0) await this.#deps.names.changed()
  }
}

async function change(
  tx: Queryable,
  { by, address, note }: Renaming,
  { userId, name, before }: { userId: string; name: string; before: Row },
): Promise<void> {
  const id = BigInt(userId)
  const now = new Date()
  const { key, skeleton } = nameFields(name)
  await tx.run('UPDATE users SET name = ?, name_key = ?, skeleton = ?, renamed_at = ? WHERE id = ?', [
    name,
    key,
    skeleton,
    now,
    id,
  ])
  const refusal = await refuseTaken(tx, { id: userId, name })
  if (refusal !== undefined) throw new Refused(refusal)
  await tx.run('DELETE FROM former_names WHERE user_id = ? AND (name_key IN (?) OR ended_at <= ?)', [
    id,
    [key, before.name_key],
    leadingSince(),
  ])
  // Another spelling of it is the same name.
  if (before.name_key !== key)
    await tx.run('INSERT INTO former_names (user_id, name, name_key, skeleton, ended_at) VALUES (?)', [
      [id, before.name, before.name_key, nameFields(before.name).skeleton, now],
    ])
  if (by?.id !== userId)
    await tx.run(
      `INSERT INTO rename_notes (user_id, was, by_name, note) VALUES (?)
       ON DUPLICATE KEY UPDATE was = VALUES(was), by_name = VALUES(by_name), note = VALUES(note)`,
      [[id, before.name, by?.name ?? null, note ?? '']],
    )
  await noteAudit(tx, {
    kind: 'renamed',
    by: by?.id === userId ? { ...by, name: before.name } : by,
    address,
    about: {
      person: { id: userId, name: before.name },
      changed: { name },
      ...(note === undefined || note === '' ? {} : { reason: note }),
    },
  })
}
