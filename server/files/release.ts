// Releasing files: their messages have lost their words, so nobody reads them from now on, and the sweep removes them. Always in the
// transaction that removes the words.
import type { Queryable } from '../db.ts'

/** Of deleted messages, which stay deleted. */
export async function releaseFiles(tx: Queryable, room: string, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return
  await tx.run('UPDATE files SET released_ms = ? WHERE room_id = ? AND seq IN (?) AND released_ms IS NULL', [
    Date.now(),
    BigInt(room),
    [...seqs],
  ])
}

/** Of a room that is gone for good, also what its log has never had. */
export async function releaseRoom(tx: Queryable, room: string): Promise<void> {
  await tx.run('UPDATE files SET released_ms = ? WHERE room_id = ? AND released_ms IS NULL', [
    Date.now(),
    BigInt(room),
  ])
}
