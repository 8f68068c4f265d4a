// Files of messages that reach MySQL: their rows get the message's number, in the transaction that writes its row.
import type { Queryable } from '../db.ts'
import type { Entry } from '../log/entry.ts'
import { isSpokenEvent } from '../protocol/entries/index.ts'

/** Called last, when the rows say what is deleted: a message may come after the entry that deletes it. Doing it twice changes nothing. */
export async function settleFiles(tx: Queryable, entries: readonly Entry[]): Promise<void> {
  for (const { room, seq, cid, event } of entries) {
    if (!isSpokenEvent(event) || event.files === undefined) continue
    const ids = event.files.map(({ id }) => BigInt(id))
    // An import, or a forged log, may name files of others: those stay as they are.
    await tx.run(
      `UPDATE files SET seq = ? WHERE id IN (?) AND room_id = ? AND message_cid = ? AND seq IS NULL`,
      [seq, ids, BigInt(room), cid],
    )
    await tx.run(
      `UPDATE files f JOIN messages m ON m.room_id = f.room_id AND m.seq = f.seq
         AND m.deleted_ms IS NOT NULL AND m.erased_seq IS NULL
       SET f.released_ms = ? WHERE f.id IN (?) AND f.room_id = ? AND f.seq = ? AND f.released_ms IS NULL`,
      [Date.now(), ids, BigInt(room), seq],
    )
  }
}
