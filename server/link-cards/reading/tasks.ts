// Messages whose cards are to be looked at: SQL of `link_card_tasks`. A task is there from the transaction that moves the cursor over
// the entry that asks for it until it is done, so that a process that dies in between leaves it to the next one.
import type { Db, Queryable } from '../../db.ts'
import { linkCardLimits } from '../../protocol/link-card-limits.ts'

export interface Task {
  room: string
  seq: number
  /** The entry that asks for it, and when the log took that, in ms since 1970. */
  bySeq: number
  at: number
  /** Pages may be asked; false: only what the text no longer has goes. */
  asks: boolean
}

interface Row {
  room_id: number | string
  seq: number
  by_seq: number
  at_ms: number
  asks: number
}

/** A later entry about the same message asks for both. */
export async function writeTasks(tx: Queryable, shard: number, tasks: readonly Task[]): Promise<void> {
  const newer = 'VALUES(by_seq) > link_card_tasks.by_seq'
  // Trap: MySQL sets these one after the other; what compares the numbers comes before `by_seq`.
  for (const { room, seq, bySeq, at, asks } of tasks)
    await tx.run(
      `INSERT INTO link_card_tasks (room_id, seq, shard, by_seq, at_ms, asks, tries, due_ms) VALUES (?)
       ON DUPLICATE KEY UPDATE asks = GREATEST(link_card_tasks.asks, VALUES(asks)),
         at_ms = IF(${newer}, VALUES(at_ms), link_card_tasks.at_ms), tries = IF(${newer}, 0, link_card_tasks.tries),
         due_ms = IF(${newer}, VALUES(due_ms), link_card_tasks.due_ms),
         by_seq = GREATEST(link_card_tasks.by_seq, VALUES(by_seq))`,
      [[BigInt(room), seq, shard, bySeq, at, asks ? 1 : 0, 0, Date.now()]],
    )
}

/** The next ones that are due, without those of `besides`. */
export async function dueTasks(db: Db, shard: number, besides: ReadonlySet<string>): Promise<Task[]> {
  const rows = await db.rows<Row>(
    `SELECT room_id, seq, by_seq, at_ms, asks FROM link_card_tasks WHERE shard = ? AND due_ms <= ?
     ORDER BY due_ms LIMIT ?`,
    [shard, Date.now(), linkCardLimits.atOnce + besides.size],
  )
  return rows
    .map((row) => ({
      room: String(row.room_id),
      seq: Number(row.seq),
      bySeq: Number(row.by_seq),
      at: Number(row.at_ms),
      asks: row.asks === 1,
    }))
    .filter((task) => !besides.has(keyOf(task)))
}

export const keyOf = ({ room, seq }: Pick<Task, 'room' | 'seq'>): string => `${room} ${seq}`

/** Unless something newer asks for it. */
export const endTask = (db: Db, { room, seq, bySeq }: Task): Promise<unknown> =>
  db.run('DELETE FROM link_card_tasks WHERE room_id = ? AND seq = ? AND by_seq = ?', [
    BigInt(room),
    seq,
    bySeq,
  ])

/** `isFailed`: it counts as a try, and after so many it is given up. */
export async function putOff(
  db: Db,
  { room, seq, bySeq }: Task,
  { afterMs, isFailed }: { afterMs: number; isFailed: boolean },
): Promise<void> {
  const of = [BigInt(room), seq, bySeq]
  const which = 'WHERE room_id = ? AND seq = ? AND by_seq = ?'
  await db.run(`UPDATE link_card_tasks SET tries = tries + ?, due_ms = ? + ? * POW(2, tries) ${which}`, [
    isFailed ? 1 : 0,
    Date.now(),
    afterMs,
    ...of,
  ])
  if (isFailed)
    await db.run(`DELETE FROM link_card_tasks ${which} AND tries > ?`, [...of, linkCardLimits.tries])
}
