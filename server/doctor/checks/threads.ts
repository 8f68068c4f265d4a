// Threads: the list of their replies, and what the message that each begins with says of them.
import { isDeepStrictEqual } from 'node:util'
import { isSpokenRow } from '../../history/entries/kind.ts'
import { recountThread, repliesOf, sumOf } from '../../history/sql/replies.ts'
import { threadOf, type ThreadColumns } from '../../history/sql/thread-row.ts'
import { grouped } from '../grouped.ts'
import type { At, Check, Difference } from '../check.ts'
import { numbersIn, overSpans, pageNumbers, spansOf, type Span } from '../spans.ts'

export const threads: Check = {
  name: 'threads',
  about: 'each thread lists its replies, and its number of replies, the last one and the faces are right',
  ofRooms: true,
  async *look(at) {
    for (const spans of spansOf(at.rooms, pageNumbers)) {
      at.seen(numbersIn(spans))
      yield* listed(at, spans)
      yield* counted(at, spans)
    }
  },
  repair: {
    does: 'lists the replies again, and counts them',
    async run({ db }, differences) {
      for (const { room = '', seq, id } of differences)
        await db.transaction(async (tx) => {
          if (seq === undefined) return
          const thread = id === undefined ? seq : Number(id)
          if (id !== undefined) {
            await tx.run('DELETE FROM replies WHERE room_id = ? AND thread = ? AND seq = ?', [
              BigInt(room),
              thread,
              seq,
            ])
            await tx.run(
              'INSERT INTO replies (room_id, thread, seq) SELECT room_id, thread, seq FROM messages WHERE room_id = ? AND seq = ? AND thread = ?',
              [BigInt(room), seq, thread],
            )
          }
          await recountThread(tx, room, thread)
        })
    },
  },
}

/** Replies that are not in the list of their thread, and others that are. */
async function* listed({ db }: At, spans: readonly Span[]): AsyncGenerator<Difference> {
  const found = await overSpans<{ seq: number; thread: number; extra: number }>(
    db,
    spans,
    `SELECT m.seq, m.thread, 0 AS extra FROM messages m
     LEFT JOIN replies r ON r.room_id = m.room_id AND r.thread = m.thread AND r.seq = m.seq
     WHERE m.room_id = :room AND m.seq BETWEEN :from AND :to AND m.thread IS NOT NULL AND m.${isSpokenRow} AND r.seq IS NULL
     UNION ALL SELECT r.seq, r.thread, 1 FROM replies r
     LEFT JOIN messages m ON m.room_id = r.room_id AND m.seq = r.seq
     WHERE r.room_id = :room AND r.thread BETWEEN :from AND :to AND NOT (m.thread <=> r.thread)`,
  )
  for (const { room, seq, thread, extra } of found)
    yield {
      key: `${room} ${thread} ${seq}`,
      room,
      seq: Number(seq),
      id: String(thread),
      words:
        Number(extra) === 0
          ? `is a reply to #${thread}, whose thread does not list it`
          : `is listed in the thread of #${thread}, and is no reply to it`,
    }
}

interface RootRow extends ThreadColumns {
  seq: number
}

/** What messages say of their threads, beside what their replies come to. */
async function* counted({ db }: At, spans: readonly Span[]): AsyncGenerator<Difference> {
  for (const { room, from, to } of spans) {
    const wrong = await db.transaction(async (tx) => {
      const rows = await tx.rows<RootRow>(
        `SELECT seq, replies, replied_seq, replied_ms, repliers FROM messages
         WHERE room_id = ? AND seq BETWEEN ? AND ? AND ${isSpokenRow}
           AND (replied_seq IS NOT NULL OR seq IN (SELECT thread FROM replies WHERE room_id = ? AND thread BETWEEN ? AND ?))`,
        [BigInt(room), from, to, BigInt(room), from, to],
      )
      const seqs = rows.map(({ seq }) => seq)
      const all = grouped(await repliesOf(tx, room, seqs), ({ thread }) => thread)
      return rows.flatMap((row) => {
        const replies = all.get(row.seq) ?? []
        return isDeepStrictEqual(threadOf(row), sumOf(replies)) ? [] : [{ ...row, there: replies.length }]
      })
    })
    for (const { seq, replies, there } of wrong)
      yield {
        key: `${room} ${seq}`,
        room,
        seq,
        words:
          replies === there
            ? 'says another last reply, or other people, than its thread has'
            : `says ${replies} replies, and ${there} are there`,
      }
  }
}
