// Whom messages name, as the list of somebody's mentions and their badges are made of it.
import { idsOf, readMentions, recountMentions } from '../../history/sql/mentions.ts'
import type { Check } from '../check.ts'
import { inRooms } from '../in-rooms.ts'
import { numbersIn, pageNumbers, spansOf } from '../spans.ts'

export const mentions: Check = {
  name: 'mentions',
  about: 'each message is in the mentions of those whom it names, and of nobody else',
  ofRooms: true,
  async *look({ db, rooms, seen }) {
    for (const spans of spansOf(rooms, pageNumbers)) {
      seen(numbersIn(spans))
      for (const { room, from, to } of spans) {
        const [said, listed] = await db.transaction(async (tx) => [
          await tx.rows<{ seq: number; mentions: string; at: number }>(
            `SELECT seq, mentions, COALESCE(said_ms, log_ms) AS at FROM messages
             WHERE room_id = ? AND seq BETWEEN ? AND ? AND mentions IS NOT NULL`,
            [BigInt(room), from, to],
          ),
          await tx.rows<{ seq: number; user: number | string; at: number }>(
            'SELECT seq, user_id AS user, said_ms AS at FROM mentions WHERE room_id = ? AND seq BETWEEN ? AND ?',
            [BigInt(room), from, to],
          ),
        ])
        const wanted = new Set(
          said.flatMap(({ seq, mentions: json, at }) =>
            idsOf(readMentions(json)).map((id) => `${seq} ${id} ${at}`),
          ),
        )
        const wrong = new Set<number>()
        for (const { seq, user, at } of listed)
          if (!wanted.delete(`${seq} ${user} ${at}`)) wrong.add(Number(seq))
        for (const missing of wanted) wrong.add(Number(missing.split(' ')[0]))
        for (const seq of wrong)
          yield { key: `${room} ${seq}`, room, seq, words: 'is in other people’s mentions than it names' }
      }
    }
  },
  repair: {
    does: 'lists them again, as the messages say',
    run: (at, found) =>
      inRooms(at, found, (tx, room, seqs) =>
        recountMentions(
          tx,
          seqs.map((target) => ({ room, target })),
        ),
      ),
  },
}
