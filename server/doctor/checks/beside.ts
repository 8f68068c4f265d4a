// Reactions and pins, which are kept beside messages: the last entry about each of them stands.
import { refoldBeside } from '../../history/sql/refold.ts'
import type { Check, Difference } from '../check.ts'
import { inRooms } from '../in-rooms.ts'
import { numbersIn, overSpans, spansOf, spanNumbers } from '../spans.ts'
import { stands } from './edits.ts'

interface Beside {
  table: 'reactions' | 'pins'
  type: 'reacted' | 'pinned'
  mark: 'is_reacted' | 'is_pinned'
  /** What makes two entries be about the same thing of a message. */
  same: readonly string[]
}

const checkOf = ({ table, type, mark, same }: Beside): Check => {
  const names = ['target', ...same]
  return {
    name: table,
    about: `the ${table} of each message are those that the log says`,
    ofRooms: true,
    async *look({ db, rooms, seen }) {
      for (const spans of spansOf(rooms, spanNumbers)) {
        seen(numbersIn(spans))
        yield* differences(
          await overSpans<{ seq: number }>(
            db,
            spans,
            `SELECT l.target AS seq FROM
               (SELECT ${names.join(', ')}, MAX(seq) AS seq FROM changes
                WHERE room_id = :room AND target BETWEEN :from AND :to AND kind = '${type}' GROUP BY ${names.join(', ')}) AS l
             JOIN changes c ON c.room_id = :room AND c.seq = l.seq
             JOIN messages m ON m.room_id = :room AND m.seq = l.target AND ${stands}
             LEFT JOIN ${table} b ON b.room_id = :room AND ${names.map((name) => `b.${name} = l.${name}`).join(' AND ')}
             WHERE b.seq IS NULL OR b.seq <> l.seq OR b.is_on <> c.is_on OR m.${mark} = 0
             GROUP BY l.target`,
          ),
          'are not those that the log says',
        )
        yield* differences(
          await overSpans<{ seq: number }>(
            db,
            spans,
            `SELECT b.target AS seq FROM ${table} b
             JOIN messages m ON m.room_id = b.room_id AND m.seq = b.target AND ${stands}
             LEFT JOIN changes c ON c.room_id = b.room_id AND c.seq = b.seq AND c.kind = '${type}' AND c.target = b.target
             WHERE b.room_id = :room AND b.target BETWEEN :from AND :to AND c.seq IS NULL GROUP BY b.target`,
          ),
          'have some that nothing in the log says',
        )
      }
    },
    repair: {
      does: `makes them again from their changes`,
      run: (at, found) =>
        inRooms(at, found, async (tx, room, seqs) => {
          await refoldBeside(tx, { table, type }, { room, targets: seqs })
        }),
    },
  }
  function* differences(
    found: readonly { room: string; seq: number }[],
    what: string,
  ): Generator<Difference> {
    for (const { room, seq } of found)
      yield { key: `${room} ${seq}`, room, seq: Number(seq), words: `its ${table} ${what}` }
  }
}

export const reactions = checkOf({
  table: 'reactions',
  type: 'reacted',
  mark: 'is_reacted',
  same: ['emoji', 'user_id'],
})
export const pins = checkOf({ table: 'pins', type: 'pinned', mark: 'is_pinned', same: [] })
