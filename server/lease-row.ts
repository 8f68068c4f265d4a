// The right of one process to work on a shard: a row with a holder, a fence that rises with each holder, and an end.
import type { Queryable } from './db.ts'

export type LeaseTable = 'sync_checkpoints' | 'notify_cursors' | 'link_card_cursors'

interface Wanted {
  /** With the columns shard, holder, fence and lease_until. */
  table: LeaseTable
  shard: number
  /** A name of this process that no other has. */
  holder: string
  seconds: number
}

/** False while another holder's lease has not run out. In a transaction: the row stays locked until it ends. */
export async function takeLease(tx: Queryable, { table, shard, holder, seconds }: Wanted): Promise<boolean> {
  // Trap: NOW() is when a statement began. One that waited for the row's lock would compare a lease that was renewed
  // meanwhile with the past; so the lock is waited for first.
  await tx.rows(`SELECT shard FROM ${table} WHERE shard = ? FOR UPDATE`, [shard])
  // Trap: a lease that ends later than any taken now was taken before MySQL's clock stepped back. It would last for as long
  // as the step, whether its holder lives or not; the fence keeps a living one from writing.
  const taken = await tx.run(
    `UPDATE ${table} SET fence = fence + 1, holder = ?, lease_until = NOW(3) + INTERVAL ${seconds} SECOND
     WHERE shard = ? AND (holder = ? OR lease_until <= NOW(3) OR lease_until > NOW(3) + INTERVAL ${seconds} SECOND)`,
    [holder, shard, holder],
  )
  return taken.affectedRows > 0
}
