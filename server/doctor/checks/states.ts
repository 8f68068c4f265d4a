// Votes and link cards, which MySQL keeps as what their entries fold to.
import { isDeepStrictEqual } from 'node:util'
import { changeKinds } from '../../history/entries/index.ts'
import type { ChangeSql, MessageRow } from '../../history/entries/kind.ts'
import type { FoldedState } from '../../history/entries/spoken.ts'
import { foldChanges, foldedState, isFolded } from '../../history/sql/fold-changes.ts'
import { changesOf } from '../../history/sql/kept-changes.ts'
import { selectMessages } from '../../history/sql/message-row.ts'
import type { ChangeEvent } from '../../protocol/entries/index.ts'
import { grouped } from '../grouped.ts'
import type { Check } from '../check.ts'
import { inRooms } from '../in-rooms.ts'
import { numbersIn, overSpans, pageNumbers, spansOf } from '../spans.ts'

const kinds = Object.entries<ChangeSql<ChangeEvent>>(changeKinds)
  .flatMap(([type, { settle }]) => (settle === undefined ? [`'${type}'`] : []))
  .join(', ')

export const states: Check = {
  name: 'votes-and-cards',
  about: 'the votes and the link cards of each message are those that the log says',
  ofRooms: true,
  async *look({ db, rooms, seen }) {
    for (const spans of spansOf(rooms, pageNumbers)) {
      seen(numbersIn(spans))
      const touched = await overSpans<{ seq: number }>(
        db,
        spans,
        `SELECT target AS seq FROM changes WHERE room_id = :room AND target BETWEEN :from AND :to AND kind IN (${kinds})
         UNION SELECT seq FROM messages WHERE room_id = :room AND seq BETWEEN :from AND :to AND state IS NOT NULL`,
      )
      for (const [room, some] of grouped(touched, (one) => one.room)) {
        const seqs = some.map(({ seq }) => Number(seq))
        const wrong = await db.transaction(async (tx) => {
          const changes = (await changesOf(tx, room, seqs)).filter(isFolded)
          const rows = await tx.rows<MessageRow>(`${selectMessages} WHERE room_id = ? AND seq IN (?)`, [
            BigInt(room),
            seqs,
          ])
          const found: number[] = []
          for (const row of rows) {
            // What is deleted has none; what is left there is no matter of votes.
            if (row.deleted_ms !== null && row.erased_seq === null) continue
            const own = changes.filter(({ target }) => target === row.seq)
            const kept = row.state === null ? undefined : (JSON.parse(row.state) as FoldedState)
            const right =
              own.length === 0 ? undefined : await foldedState(tx, room, { ...row, state: null }, own)
            if (!isDeepStrictEqual(kept, right && (JSON.parse(JSON.stringify(right)) as FoldedState)))
              found.push(row.seq)
          }
          return found
        })
        for (const seq of wrong)
          yield {
            key: `${room} ${seq}`,
            room,
            seq,
            words: 'its votes or cards are not those that the log says',
          }
      }
    }
  },
  repair: {
    does: 'folds them again from their changes',
    run: (at, found) =>
      inRooms(at, found, async (tx, room, seqs) => {
        await tx.run('UPDATE messages SET state = NULL WHERE room_id = ? AND seq IN (?)', [
          BigInt(room),
          seqs,
        ])
        await foldChanges(tx, (await changesOf(tx, room, seqs)).filter(isFolded))
      }),
  },
}
