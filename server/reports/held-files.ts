// Files of messages that a rule held back. They are with the case as long as its words are: for whoever may handle it, and for the
// author. Once it is posted, they are the message's. SQL of `files` and `review_cases` that only reads.
import type { Queryable } from '../db.ts'
import { findFiles, refOf, type FileRow } from '../files/file-row.ts'
import type { Said } from '../posting/say.ts'
import type { FileRef } from '../protocol/files.ts'

/** Of a case. `said`: JSON; null: it is dropped. */
export interface HeldRow {
  id: number
  said: string | null
  seq: number | null
}

/** By case, of those that have some that are still there. */
export async function heldFiles(
  db: Queryable,
  rows: readonly HeldRow[],
): Promise<ReadonlyMap<number, FileRef[]>> {
  const wanted = rows.flatMap(({ id, said, seq }) => {
    const ids = said === null || seq !== null ? [] : ((JSON.parse(said) as { said: Said }).said.files ?? [])
    return ids.length === 0 ? [] : [{ id, ids }]
  })
  if (wanted.length === 0) return new Map()
  const rowsOf = await findFiles(db, [...new Set(wanted.flatMap(({ ids }) => ids))])
  const known = new Map(
    rowsOf.flatMap((row) => (row === undefined ? [] : [[String(row.id), refOf(row)] as const])),
  )
  return new Map(
    wanted.flatMap(({ id, ids }) => {
      const files = ids.flatMap((file) => known.get(file) ?? [])
      return files.length === 0 ? [] : [[id, files] as const]
    }),
  )
}

/** Whether somebody may handle the case of the message that holds this file, as cases.ts has it. */
export async function mayReview(
  db: Queryable,
  userId: string,
  { user_id, room_id, message_cid }: Pick<FileRow, 'user_id' | 'room_id' | 'message_cid'>,
): Promise<boolean> {
  if (room_id === null || message_cid === null) return false
  const rows = await db.rows(
    `SELECT 1 FROM review_cases c JOIN rooms r ON r.id = c.room_id AND r.deleted_at IS NULL
     JOIN users u ON u.id = ? AND u.ended_at IS NULL
     LEFT JOIN memberships m ON m.room_id = c.room_id AND m.user_id = u.id
     WHERE c.author_id = ? AND c.cid = ? AND c.room_id = ? AND c.kind = 'held' AND c.seq IS NULL AND c.said IS NOT NULL
       AND (u.is_admin = 1 OR (m.role IN ('owner', 'moderator') AND c.author_id <> u.id))`,
    [BigInt(userId), BigInt(user_id), message_cid, BigInt(room_id)],
  )
  return rows.length > 0
}
