// Entries become what MySQL keeps: rows of messages first, then what changes them. The one way in, for sync and for a
// dead letter that is tried again.
import type { Queryable } from '../../db.ts'
import type { Entry, StreamId } from '../../log/entry.ts'
import { withIndex } from '../../search/touched.ts'
import { writeChanges } from '../sql/changes.ts'
import { settleMentions } from '../sql/mentions.ts'
import { insertMessages, toRow } from '../sql/messages.ts'
import { settleReplies } from '../sql/replies.ts'

/** Answers where in the log words stand that must be forgotten there, for they are deleted. Twice changes nothing. */
export async function writeEntries(tx: Queryable, entries: readonly Entry[]): Promise<StreamId[]> {
  await insertMessages(
    tx,
    entries.flatMap((entry) => {
      const row = toRow(entry)
      return row === undefined ? [] : [row]
    }),
  )
  const altered = entries.flatMap(({ event }) =>
    event.type === 'edited' || event.type === 'deleted' ? [{ room: event.room, seq: event.target }] : [],
  )
  const forgotten = await withIndex(tx, altered, () => writeChanges(tx, entries))
  await settleMentions(tx, entries)
  await settleReplies(tx, entries)
  return forgotten
}
