// What is pinned, in `pins`: the last entry about a message stands.
import type { Queryable } from '../../db.ts'
import type { PinnedEvent } from '../../protocol/entries/pinned.ts'
import type { SpokenMessage } from '../../protocol/http.ts'
import { markMessages, type ChangeSql } from './kind.ts'

export const pinned: ChangeSql<PinnedEvent> = {
  content: ({ on }) => ({ is_on: on ? 1 : 0 }),
  read: (change, { is_on: on }) => ({ type: 'pinned', ...change, on: on === 1 }),
  async settle(tx, events) {
    await keepPins(tx, events)
    await markMessages(tx, 'is_pinned', events)
  },
  beside: { mark: 'is_pinned', read: pinsOf },
}

/** When a message was pinned, and by whom. */
type Pinned = Required<Pick<SpokenMessage, 'pinnedAt' | 'pinnedBy'>>

/** Which of the messages with these numbers are pinned. */
async function pinsOf(db: Queryable, room: string, targets: readonly number[]): Promise<Map<number, Pinned>> {
  const rows = await db.rows<{ target: number; at: number; id: number | string; name: string }>(
    `SELECT target, pinned_ms AS at, user_id AS id, user_name AS name FROM pins
     WHERE room_id = ? AND target IN (?) AND is_on = 1`,
    [BigInt(room), [...targets]],
  )
  return new Map(
    rows.map(({ target, at, id, name }) => [target, { pinnedAt: at, pinnedBy: { id: String(id), name } }]),
  )
}

/** Keeps what these say, whichever of them MySQL has already and in whatever order they come. */
async function keepPins(tx: Queryable, events: readonly PinnedEvent[]): Promise<void> {
  const rows = events.map(({ room, target, on, user, at, seq }) => [
    room,
    target,
    on ? 1 : 0,
    user.id,
    user.name,
    at,
    seq,
  ])
  // Trap: MySQL sets these one after the other; what asks for the seq that was there before comes first.
  const newer = (column: string): string =>
    `${column} = IF(VALUES(seq) > pins.seq, VALUES(${column}), pins.${column})`
  await tx.run(
    `INSERT INTO pins (room_id, target, is_on, user_id, user_name, pinned_ms, seq) VALUES ?
     ON DUPLICATE KEY UPDATE ${['is_on', 'user_id', 'user_name', 'pinned_ms'].map(newer).join(', ')},
       seq = GREATEST(pins.seq, VALUES(seq))`,
    [rows],
  )
}
