// Repairs of messages: room by room, a few in each transaction, whose rows nobody changes meanwhile.
import type { Queryable } from '../db.ts'
import type { At, Difference } from './check.ts'
import { grouped } from './grouped.ts'

/** Messages of one transaction: sync waits for it. */
const atOnce = 100

/** Runs `rebuild` with the rows of the messages that the differences are about locked, each once. */
export async function inRooms(
  { db }: Pick<At, 'db'>,
  differences: readonly Difference[],
  rebuild: (tx: Queryable, room: string, seqs: number[]) => Promise<void>,
): Promise<void> {
  const rooms = grouped(differences, ({ room }) => room)
  for (const [room, some] of rooms) {
    if (room === undefined) continue
    const seqs = [...new Set(some.flatMap(({ seq }) => seq ?? []))].sort((a, b) => a - b)
    for (let at = 0; at < seqs.length; at += atOnce) {
      const part = seqs.slice(at, at + atOnce)
      await db.transaction(async (tx) => {
        // First, so that what is read after it is as the last writer has left it.
        await tx.rows('SELECT seq FROM messages WHERE room_id = ? AND seq IN (?) FOR UPDATE', [
          BigInt(room),
          part,
        ])
        await rebuild(tx, room, part)
      })
    }
  }
}
