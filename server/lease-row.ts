// The right of one process to do something: a row with a holder, a fence that rises with each holder, and an end.
import type { Param, Queryable } from './db.ts'

/** SQL for the end of a lease that begins now. */
export const leaseEnd = (ms: number): string => `NOW(3) + INTERVAL ${ms * 1_000} MICROSECOND`

/**
 * SQL for a lease that anybody may take. Trap: one that ends later than any taken now was taken before MySQL's clock stepped back.
 * It would last for as long as the step, whether its holder lives or not; the fence keeps a living one from writing.
 */
export const leaseIsFree = (ms: number): string => `(lease_until <= NOW(3) OR lease_until > ${leaseEnd(ms)})`

/** How far a shard of the log was read, by what follows it beside sync. */
export const shardCursors = ['notify_cursors', 'link_card_cursors'] as const
export type ShardCursors = (typeof shardCursors)[number]

interface Wanted {
  /** With the columns holder, fence and lease_until. */
  table: 'sync_checkpoints' | ShardCursors | 'push_head' | 'outgoing_hooks' | 'locks' | 'backup_head'
  /** Which row. */
  key: 'shard' | 'one' | 'id' | 'name'
  id: Param
  /** A name of this process that no other has. */
  holder: string
  ms: number
  /** The same holder may take its own lease again. */
  isOwnFree?: true
  /** SQL: what else must hold. */
  only?: string
}

/** False while another holder's lease has not run out. In a transaction: the row stays locked until it ends. */
export async function takeLease(tx: Queryable, wanted: Wanted): Promise<boolean> {
  const { table, key, id, holder, ms, isOwnFree = false, only = 'TRUE' } = wanted
  // Trap: NOW() is when a statement began. One that waited for the row's lock would compare a lease that was renewed
  // meanwhile with the past; so the lock is waited for first.
  await tx.rows(`SELECT fence FROM ${table} WHERE ${key} = ? FOR UPDATE`, [id])
  const isFree = isOwnFree ? `(holder = ? OR ${leaseIsFree(ms)})` : leaseIsFree(ms)
  const taken = await tx.run(
    `UPDATE ${table} SET fence = fence + 1, holder = ?, lease_until = ${leaseEnd(ms)}
     WHERE ${key} = ? AND ${isFree} AND ${only}`,
    [holder, id, ...(isOwnFree ? [holder] : [])],
  )
  return taken.affectedRows > 0
}
