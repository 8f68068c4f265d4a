// Edits keep their text in `changes`, so they are the revisions; the message has the newest text and its first.
import type { Queryable } from '../../db.ts'
import type { EditedEvent } from '../../protocol/entries/edited.ts'
import { isSpokenRow, type ChangeSql } from './kind.ts'
import { mentionsJson } from './spoken.ts'

export const edited: ChangeSql<EditedEvent> = {
  content: ({ text, mentions }) => ({
    text,
    body: mentions === undefined ? null : JSON.stringify({ mentions }),
  }),
  read: (change, { text, body = null }) => ({
    type: 'edited',
    ...change,
    text: text ?? '',
    ...(body === null ? {} : (JSON.parse(body) as Pick<EditedEvent, 'mentions'>)),
  }),
  async settle(tx, events) {
    for (const event of events) await edit(tx, event)
  },
}

/** Trap: MySQL sets these one after the other, so what asks for the state before comes first. */
async function edit(tx: Queryable, { room, target, seq, text, mentions, at }: EditedEvent): Promise<void> {
  // What is deleted with everything of its author may be restored.
  const stands = '(deleted_ms IS NULL OR erased_seq IS NOT NULL)'
  const isNewest = `${stands} AND COALESCE(edited_seq, 0) < ?`
  await tx.run(
    `UPDATE messages SET first_mentions = IF(${stands} AND edited_seq IS NULL, mentions, first_mentions),
       first_text = IF(${isNewest}, COALESCE(first_text, text), first_text),
       text = IF(${isNewest}, ?, text), mentions = IF(${isNewest}, ?, mentions), edited_ms = IF(${isNewest}, ?, edited_ms),
       edited_seq = GREATEST(COALESCE(edited_seq, 0), ?), updated_seq = GREATEST(updated_seq, ?)
     WHERE room_id = ? AND seq = ? AND ${isSpokenRow}`,
    [seq, seq, text, seq, mentionsJson(mentions), seq, at, seq, seq, room, target],
  )
}
