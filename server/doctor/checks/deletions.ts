// What is deleted is gone from every row, and nothing else is.
import { isSpokenRow } from '../../history/entries/kind.ts'
import { covers, holding, manyMessages, type ErasedEvent } from '../../protocol/entries/erased.ts'
import { grouped } from '../grouped.ts'
import type { At, Check, Difference } from '../check.ts'
import { numbersIn, overSpans, spansOf, spanNumbers } from '../spans.ts'
import { stands } from './edits.ts'

const hasWords = ['text', 'mentions', 'first_text', 'first_mentions', 'body', 'state']
  .map((column) => `m.${column} IS NOT NULL`)
  .join(' OR ')

/** Whether the log says so is looked at one by one. */
const inQuestion = 'in question'

const statements = {
  'was deleted, and can be read': `SELECT m.seq FROM changes c
    JOIN messages m ON m.room_id = c.room_id AND m.seq = c.target AND m.${isSpokenRow} AND ${stands}
    WHERE c.room_id = :room AND c.target BETWEEN :from AND :to AND c.kind = 'deleted'`,
  'is deleted, and its row still has what it said': `SELECT m.seq FROM messages m
    WHERE m.room_id = :room AND m.seq BETWEEN :from AND :to AND NOT ${stands} AND (${hasWords})`,
  'is deleted, and a change of it still says something': `SELECT DISTINCT m.seq FROM changes c
    JOIN messages m ON m.room_id = c.room_id AND m.seq = c.target AND NOT ${stands}
    WHERE c.room_id = :room AND c.target BETWEEN :from AND :to AND (c.text IS NOT NULL OR c.body IS NOT NULL)`,
  'has lost its words, though nobody deleted it': `SELECT m.seq FROM messages m
    WHERE m.room_id = :room AND m.seq BETWEEN :from AND :to AND m.${isSpokenRow} AND m.deleted_ms IS NULL AND m.text IS NULL`,
  [inQuestion]: `SELECT m.seq FROM messages m
    WHERE m.room_id = :room AND m.seq BETWEEN :from AND :to AND m.deleted_ms IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM changes c WHERE c.room_id = m.room_id AND c.target = m.seq AND c.kind = 'deleted')`,
}

export const deletions: Check = {
  name: 'deletions',
  about: 'nothing is left of what is deleted, and nothing is deleted that the log does not say',
  ofRooms: true,
  async *look(at) {
    for (const spans of spansOf(at.rooms, spanNumbers)) {
      at.seen(numbersIn(spans))
      for (const [what, sql] of Object.entries(statements)) {
        const found = await overSpans<{ seq: number }>(at.db, spans, sql)
        if (what === inQuestion) yield* unfounded(at, found)
        else
          for (const { room, seq } of found)
            yield { key: `${room} ${seq} ${what}`, room, seq: Number(seq), words: what }
      }
    }
  },
}

/** Of messages that no entry deletes alone: those that no entry deletes with others either. */
async function* unfounded(
  { db }: At,
  found: readonly { room: string; seq: number }[],
): AsyncGenerator<Difference> {
  for (const [room, some] of grouped(found, (one) => one.room)) {
    const [gone] = await db.rows<object>(
      'SELECT 1 FROM room_deletions WHERE room_id = ? AND restored_at IS NULL LIMIT 1',
      [BigInt(room)],
    )
    if (gone !== undefined) continue
    const entries = await db.rows<{ seq: number; body: string }>(
      "SELECT seq, body FROM changes WHERE room_id = ? AND target = ? AND kind = 'erased' ORDER BY seq",
      [BigInt(room), manyMessages],
    )
    const erasures = holding(
      entries.map(({ seq, body }) => ({ ...(JSON.parse(body) as ErasedEvent), seq: Number(seq) })),
    )
    const seqs = some.map(({ seq }) => Number(seq))
    const authors = await db.rows<{ seq: number; user_id: number | string }>(
      'SELECT seq, user_id FROM messages WHERE room_id = ? AND seq IN (?)',
      [BigInt(room), seqs],
    )
    for (const { seq, user_id } of authors) {
      const message = { seq: Number(seq), user: { id: String(user_id), name: '' } }
      if (!erasures.some((erasure) => covers(erasure, message)))
        yield {
          key: `${room} ${seq} unfounded`,
          room,
          seq: message.seq,
          words: 'is deleted, and nothing in the log says so',
        }
    }
  }
}
