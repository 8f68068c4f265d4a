// An edited message says what its last edit says.
import { isSpokenRow } from '../../history/entries/kind.ts'
import type { Check } from '../check.ts'
import { numbersIn, overSpans, spansOf, spanNumbers } from '../spans.ts'

/** It can be read, or could be again. */
export const stands = '(m.deleted_ms IS NULL OR m.erased_seq IS NOT NULL)'

export const edits: Check = {
  name: 'edits',
  about: 'each edited message says what its last edit says, and no other is called edited',
  ofRooms: true,
  async *look({ db, rooms, seen }) {
    for (const spans of spansOf(rooms, spanNumbers)) {
      seen(numbersIn(spans))
      const found = await overSpans<{ seq: number; edited: number | null; last: number | null }>(
        db,
        spans,
        `SELECT m.seq, m.edited_seq AS edited, e.last FROM
           (SELECT target, MAX(seq) AS last FROM changes
            WHERE room_id = :room AND target BETWEEN :from AND :to AND kind = 'edited' GROUP BY target) AS e
         JOIN changes c ON c.room_id = :room AND c.seq = e.last
         JOIN messages m ON m.room_id = :room AND m.seq = e.target AND m.${isSpokenRow}
         WHERE COALESCE(m.edited_seq, 0) <> e.last OR (${stands} AND NOT (BINARY m.text <=> BINARY c.text))
         UNION ALL SELECT m.seq, m.edited_seq, NULL FROM messages m
         WHERE m.room_id = :room AND m.seq BETWEEN :from AND :to AND m.edited_seq IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM changes c WHERE c.room_id = :room AND c.target = m.seq AND c.kind = 'edited')`,
      )
      for (const { room, seq, edited, last } of found)
        yield {
          key: `${room} ${seq}`,
          room,
          seq: Number(seq),
          words:
            last === null
              ? 'is called edited, and nothing edits it'
              : Number(edited) === Number(last)
                ? `does not say what its last edit, #${last}, says`
                : `was edited last by #${last}, and its row says ${edited === null ? 'nothing of it' : `#${edited}`}`,
        }
    }
  },
}
