// What the end of an account does to all that is the person's, in its transaction.
import type { Queryable } from '../db.ts'
import { ownTables } from './tables.ts'

/** First, before the person's row is locked. */
export async function prepareEnd(tx: Queryable, id: bigint): Promise<void> {
  for (const { beforeEnd } of ownTables) await beforeEnd?.(tx, id)
}

export async function endOwnData(tx: Queryable, id: bigint): Promise<void> {
  for (const { table, end } of ownTables) {
    if (typeof end === 'function') await end(tx, id)
    else if (end === undefined) await tx.run(`DELETE FROM ${table} WHERE user_id = ?`, [id])
  }
}
