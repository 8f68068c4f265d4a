// A deleted message keeps its number and its place, and no row keeps anything that it said.
import type { Queryable } from '../../db.ts'
import { releaseFiles } from '../../files/release.ts'
import type { StreamId } from '../../log/entry.ts'
import type { DeletedEvent } from '../../protocol/entries/deleted.ts'
import { sayingTypes } from '../../protocol/entries/index.ts'
import { forgetPictures } from '../../link-cards/pictures/forget.ts'
import { placeKey } from '../../protocol/place-key.ts'
import { isSpokenRow, type ChangeSql } from './kind.ts'

export const deleted: ChangeSql<DeletedEvent> = {
  content: () => ({}),
  read: (change) => ({ type: 'deleted', ...change }),
  async settle(tx, events) {
    for (const event of events) await empty(tx, event)
  },
}

/**
 * Nobody deletes what is hidden with everything of its author: if it is hidden here, what restored it comes late, and the time
 * of this deletion counts. Trap: MySQL sets the columns one after the other.
 */
async function empty(tx: Queryable, { room, target, seq, at }: DeletedEvent): Promise<void> {
  await tx.run(
    `UPDATE messages SET text = NULL, mentions = NULL, first_text = NULL, first_mentions = NULL, body = NULL, state = NULL,
       edited_ms = NULL, deleted_ms = IF(erased_seq IS NULL, LEAST(COALESCE(deleted_ms, ?), ?), ?), erased_seq = NULL,
       updated_seq = GREATEST(updated_seq, ?)
     WHERE room_id = ? AND seq = ? AND ${isSpokenRow}`,
    [at, at, at, seq, room, target],
  )
  for (const table of ['reactions', 'pins'])
    await tx.run(`DELETE FROM ${table} WHERE room_id = ? AND target = ?`, [room, target])
  await releaseFiles(tx, room, [target])
}

/**
 * Of these messages those that are deleted, and cannot be restored, lose what their changes said, also one that came after the
 * deletion. Answers where in the log words stand that must be forgotten there.
 */
export async function purge(
  tx: Queryable,
  events: readonly { room: string; target: number }[],
): Promise<StreamId[]> {
  const found: StreamId[] = []
  const touched = new Map(events.map(({ room, target }) => [placeKey(room, target), { room, target }]))
  for (const { room, target } of touched.values()) {
    const said = await tx.rows<StreamId>(
      `SELECT log_ms AS ms, log_n AS n FROM messages WHERE room_id = ? AND seq = ? AND deleted_ms IS NOT NULL
         AND erased_seq IS NULL`,
      [room, target],
    )
    if (said.length === 0) continue
    const of = 'room_id = ? AND target = ?'
    const edits = await tx.rows<StreamId>(
      `SELECT log_ms AS ms, log_n AS n FROM changes WHERE ${of} AND kind IN (?)`,
      [room, target, [...sayingTypes]],
    )
    await tx.run(
      `UPDATE changes SET text = NULL, body = NULL WHERE ${of} AND (text IS NOT NULL OR body IS NOT NULL)`,
      [room, target],
    )
    await forgetPictures(tx, room, [target])
    found.push(...said, ...edits)
  }
  return found
}
