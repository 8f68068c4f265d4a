// Takes the words of messages out of every table, for good: texts, earlier texts, what only the body has, the search index,
// reactions, pins and mentions, and what reports keep of them. Their numbers, authors and places stay. The stream has let go of them long before.
import type { Db, Queryable } from '../db.ts'
import { releaseFiles } from '../files/release.ts'
import { forgetPictures } from '../link-cards/pictures/forget.ts'
import { limits } from '../protocol/limits.ts'
import { forgetReported } from '../reports/forget-words.ts'
import { withIndex } from '../search/touched.ts'

export interface Marked {
  room: string
  /** The number of the entry that has deleted them. */
  by: number
  /** Only messages after this number. */
  after: number
}

/** The next messages of a room, in one transaction; doing it twice changes nothing. Answers the last one; undefined: no more. */
export const eraseStep = (db: Db, { room, by, after }: Marked): Promise<number | undefined> =>
  db.transaction(async (tx) => {
    const rows = await tx.rows<{ seq: number }>(
      `SELECT seq FROM messages FORCE INDEX (PRIMARY) WHERE room_id = ? AND seq > ? AND seq < ? AND erased_seq = ?
       ORDER BY seq LIMIT ?`,
      [BigInt(room), after, by, by, limits.erasing.step],
    )
    const seqs = rows.map(({ seq }) => seq)
    if (seqs.length > 0)
      await withIndex(
        tx,
        seqs.map((seq) => ({ room, seq })),
        () => eraseWords(tx, room, seqs),
      )
    return seqs.at(-1)
  })

/** Of deleted messages. */
export async function eraseWords(tx: Queryable, room: string, seqs: readonly number[]): Promise<void> {
  const which = [BigInt(room), [...seqs]]
  await tx.run(
    `UPDATE messages SET text = NULL, mentions = NULL, first_text = NULL, first_mentions = NULL, body = NULL, state = NULL,
       edited_ms = NULL, erased_seq = NULL WHERE room_id = ? AND seq IN (?)`,
    which,
  )
  await tx.run(
    `UPDATE changes SET text = NULL, body = NULL
     WHERE room_id = ? AND target IN (?) AND (text IS NOT NULL OR body IS NOT NULL)`,
    which,
  )
  for (const table of ['reactions', 'pins'])
    await tx.run(`DELETE FROM ${table} WHERE room_id = ? AND target IN (?)`, which)
  await tx.run('DELETE FROM mentions WHERE room_id = ? AND seq IN (?)', which)
  await forgetPictures(tx, room, seqs)
  await forgetReported(tx, room, seqs)
  await releaseFiles(tx, room, seqs)
}
