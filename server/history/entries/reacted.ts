// Who has which emoji on which message, in `reactions`: the last entry about each of them stands.
import type { Queryable } from '../../db.ts'
import { byKind, type ReactedEvent } from '../../protocol/entries/reacted.ts'
import type { Reaction } from '../../protocol/http.ts'
import { markMessages, type ChangeSql } from './kind.ts'

export const reacted: ChangeSql<ReactedEvent> = {
  content: ({ emoji, on }) => ({ emoji, is_on: on ? 1 : 0 }),
  read: (change, { emoji, is_on: on }) => ({ type: 'reacted', ...change, emoji: emoji ?? '', on: on === 1 }),
  async settle(tx, events) {
    await keepReactions(tx, events)
    await markMessages(tx, 'is_reacted', events)
  },
  beside: {
    mark: 'is_reacted',
    async read(db, room, seqs) {
      const found = await reactionsOf(db, room, seqs)
      return new Map([...found].map(([seq, reactions]) => [seq, { reactions }]))
    },
  },
}

interface ReactionRow {
  target: number
  emoji: string
  id: number | string
  name: string
  seq: number
}

async function reactionsOf(
  db: Queryable,
  room: string,
  targets: readonly number[],
): Promise<Map<number, Reaction[]>> {
  const rows = await db.rows<ReactionRow>(
    `SELECT target, emoji, user_id AS id, user_name AS name, seq FROM reactions
     WHERE room_id = ? AND target IN (?) AND is_on = 1`,
    [room, [...targets]],
  )
  const single = new Map<number, { emoji: string; id: string; name: string; seq: number }[]>()
  for (const { target, emoji, id, name, seq } of rows) {
    const some = single.get(target) ?? []
    some.push({ emoji, id: String(id), name, seq })
    single.set(target, some)
  }
  return new Map([...single].map(([target, some]) => [target, byKind(some)]))
}

/** Keeps what these say, whichever of them MySQL has already and in whatever order they come. */
async function keepReactions(tx: Queryable, events: readonly ReactedEvent[]): Promise<void> {
  const rows = events.map(({ room, target, emoji, user, on, seq }) => [
    room,
    target,
    emoji,
    user.id,
    user.name,
    on ? 1 : 0,
    seq,
  ])
  // Trap: MySQL sets these one after the other; what asks for the seq that was there before comes first.
  await tx.run(
    `INSERT INTO reactions (room_id, target, emoji, user_id, user_name, is_on, seq) VALUES ?
     ON DUPLICATE KEY UPDATE is_on = IF(VALUES(seq) > reactions.seq, VALUES(is_on), reactions.is_on),
       user_name = IF(VALUES(seq) > reactions.seq, VALUES(user_name), reactions.user_name),
       seq = GREATEST(reactions.seq, VALUES(seq))`,
    [rows],
  )
}
