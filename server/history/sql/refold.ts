// What changes have made of messages, made again from `changes`: after some of it was lost, or a message has come late.
import type { Queryable } from '../../db.ts'
import type { ChangeEvent } from '../../protocol/entries/index.ts'
import { changeKinds } from '../entries/index.ts'
import { purge } from '../entries/deleted.ts'
import type { ChangeSql } from '../entries/kind.ts'
import { foldChanges, isFolded } from './fold-changes.ts'
import { changesOf } from './kept-changes.ts'

/** Those of all kinds, in the order in which they settle. Of messages whose rows are locked, in a transaction. */
export async function refoldAll(tx: Queryable, room: string, targets: readonly number[]): Promise<void> {
  const changes = await changesOf(tx, room, targets)
  await foldChanges(tx, changes.filter(isFolded))
  for (const [type, sql] of Object.entries<ChangeSql<ChangeEvent>>(changeKinds)) {
    const some = changes.filter((change) => change.type === type)
    if (some.length > 0) await sql.settle?.(tx, some)
  }
  await purge(tx, changes)
}

/** What is kept beside messages in `table`, of one kind: what is there goes, and what the changes say comes. */
export async function refoldBeside(
  tx: Queryable,
  { table, type }: { table: 'reactions' | 'pins'; type: 'reacted' | 'pinned' },
  { room, targets }: { room: string; targets: readonly number[] },
): Promise<void> {
  await tx.run(`DELETE FROM ${table} WHERE room_id = ? AND target IN (?)`, [BigInt(room), [...targets]])
  const changes = (await changesOf(tx, room, targets)).filter((change) => change.type === type)
  const sql: ChangeSql<ChangeEvent> = changeKinds[type] as ChangeSql<ChangeEvent>
  if (changes.length > 0) await sql.settle?.(tx, changes)
}
