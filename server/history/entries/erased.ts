// Everything that somebody had said is deleted by one entry, which is a row of `changes` about message 0. Its messages are
// marked with its number and read as deleted; what they said stays in their rows until it is undone or erased (server/erasing).
import type { Queryable } from '../../db.ts'
import { holding, manyMessages, type ErasedEvent } from '../../protocol/entries/erased.ts'
import { eraseWords } from '../../erasing/for-good.ts'
import { withIndex } from '../../search/touched.ts'
import { isSpokenRow, type ChangeSql } from './kind.ts'

type Said = Pick<ErasedEvent, 'person' | 'from' | 'to' | 'undoes' | 'days'>

export const erased: ChangeSql<ErasedEvent> = {
  content: ({ person, from, to, undoes, days }) => ({
    body: JSON.stringify({ person, from, to, undoes, days }),
  }),
  read: (change, { body }) => ({ ...(JSON.parse(body ?? '{}') as Said), ...change, type: 'erased' }),
  async settle(tx, events) {
    for (const event of [...events].sort((a, b) => a.seq - b.seq)) await settleOne(tx, event)
  },
}

type Kept = Said & Pick<ErasedEvent, 'seq' | 'at'>

async function holdingIn(tx: Queryable, room: string): Promise<Kept[]> {
  const rows = await tx.rows<{ seq: number; at: number; body: string }>(
    `SELECT seq, log_ms AS at, body FROM changes WHERE room_id = ? AND target = ? AND kind = 'erased' ORDER BY seq`,
    [BigInt(room), manyMessages],
  )
  return holding(rows.map(({ seq, at, body }) => ({ ...(JSON.parse(body) as Said), seq, at })))
}

async function settleOne(tx: Queryable, event: ErasedEvent): Promise<void> {
  const { room, seq, person, undoes, days } = event
  if (days !== undefined) return expire(tx, event)
  if (undoes === undefined) return hide(tx, room, (one) => one.seq === seq)
  await restore(tx, event)
  // What was undone may have hidden what another entry about the same person hides too.
  return hide(tx, room, (one) => one.person?.id === person?.id)
}

/** A message has come late: it is hidden, or gone, as if it had been there in time. */
export async function hideLate(tx: Queryable, room: string, late: number): Promise<void> {
  await hide(tx, room, ({ from, to }) => late >= from && late <= to)
  for (const erasure of await holdingIn(tx, room))
    if (erasure.days !== undefined && late >= erasure.from && late <= erasure.to)
      await expire(tx, { ...erasure, room })
}

/**
 * Hides what the entries of a room hide that are not undone. Twice is as once: also for a message that comes late, and for what
 * two of them hide, of which one was undone.
 */
async function hide(tx: Queryable, room: string, which: (erasure: Kept) => boolean): Promise<void> {
  for (const erasure of (await holdingIn(tx, room)).filter(which)) {
    const { seq, at, person, from, to } = erasure
    if (person === undefined) continue
    // By the room's numbers: somebody may have said far more elsewhere. Trap: MySQL sets these one after the other.
    await tx.run(
      `UPDATE messages FORCE INDEX (PRIMARY) SET erased_seq = IF(deleted_ms IS NULL OR erased_seq > ?, ?, erased_seq),
         deleted_ms = IF(erased_seq = ?, ?, deleted_ms), updated_seq = GREATEST(updated_seq, ?)
       WHERE room_id = ? AND seq BETWEEN ? AND ? AND user_id = ? AND ${isSpokenRow}`,
      [seq, seq, seq, at, seq, BigInt(room), from, to, BigInt(person.id)],
    )
  }
}

const restore = (tx: Queryable, { room, seq, person, from, to, undoes = 0 }: ErasedEvent): Promise<unknown> =>
  tx.run(
    `UPDATE messages FORCE INDEX (PRIMARY) SET deleted_ms = IF(erased_seq = ?, NULL, deleted_ms),
       erased_seq = IF(erased_seq = ?, NULL, erased_seq), updated_seq = GREATEST(updated_seq, ?)
     WHERE room_id = ? AND seq BETWEEN ? AND ? AND user_id = ? AND ${isSpokenRow}`,
    [undoes, undoes, seq, BigInt(room), from, to, BigInt(person?.id ?? 0)],
  )

/**
 * What is too old goes at once, for good. Limit: an entry covers no more numbers than limits.retention.step, so that this is a
 * small part of a transaction of sync.
 */
async function expire(
  tx: Queryable,
  { room, seq, at, from, to, days = 0 }: Pick<ErasedEvent, 'room' | 'seq' | 'at' | 'from' | 'to' | 'days'>,
): Promise<void> {
  const rows = await tx.rows<{ seq: number }>(
    `SELECT seq FROM messages WHERE room_id = ? AND seq BETWEEN ? AND ? AND ${isSpokenRow}`,
    [BigInt(room), from, to],
  )
  const seqs = rows.map((row) => row.seq)
  const targets = seqs.map((target) => ({ room, seq: target }))
  if (seqs.length > 0)
    await withIndex(tx, targets, async () => {
      await tx.run(
        `UPDATE messages SET deleted_ms = COALESCE(deleted_ms, ?), expired = ?, updated_seq = GREATEST(updated_seq, ?)
         WHERE room_id = ? AND seq IN (?)`,
        [at, days, seq, BigInt(room), seqs],
      )
      await eraseWords(tx, room, seqs)
    })
  await tx.run('UPDATE rooms SET expired_seq = GREATEST(expired_seq, ?) WHERE id = ?', [to, BigInt(room)])
}
