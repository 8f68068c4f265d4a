// What some entries come to: who is told, what is taken away, which polls end by themselves. Written as one with the cursor.
import type { Queryable } from '../db.ts'
import type { ErasedEvent } from '../protocol/entries/erased.ts'
import { writeTold, type Told } from './told.ts'

/** A message is deleted, alone or with others; or what had deleted many is undone. */
export type Taken = { room: string; seq: number; by: number } | { room: string; erased: ErasedEvent }

export interface PollEnd {
  room: string
  seq: number
  /** Undefined: it does not end by itself any more. */
  at: number | undefined
}

export interface Decision {
  told: Told[]
  taken: Taken[]
  ends: PollEnd[]
}

/** What has happened, for those who are to hear of it. */
export interface Written {
  told: Told[]
  gone: { room: string; seq: number; users: string[] }[]
  /** Of whom it is not known what has changed. */
  changed: string[]
}

export const emptyDecision = (): Decision => ({ told: [], taken: [], ends: [] })

/** `shard`: of the entries. `now`: ms since 1970. */
export async function writeDecision(
  tx: Queryable,
  { told, taken, ends }: Decision,
  { shard, now }: { shard: number; now: number },
): Promise<Written> {
  const written: Written = { told: await writeTold(tx, told, now), gone: [], changed: [] }
  for (const one of taken) await takeAway(tx, one, written)
  for (const { room, seq, at } of ends)
    if (at === undefined)
      await tx.run('DELETE FROM notify_due WHERE room_id = ? AND seq = ?', [BigInt(room), seq])
    else
      await tx.run('INSERT IGNORE INTO notify_due (room_id, seq, shard, due_ms) VALUES (?)', [
        [BigInt(room), seq, shard, at],
      ])
  return written
}

async function takeAway(tx: Queryable, taken: Taken, written: Written): Promise<void> {
  const room = BigInt(taken.room)
  if ('seq' in taken) {
    const which = 'room_id = ? AND seq = ?'
    const users = await usersOf(tx, `${which} AND done_ms IS NULL`, [room, taken.seq])
    // Also what was deleted with others: undoing that does not bring this one back.
    await tx.run(`UPDATE notifications SET gone_seq = ? WHERE ${which}`, [taken.by, room, taken.seq])
    if (users.length > 0) written.gone.push({ room: taken.room, seq: taken.seq, users })
    return
  }
  const { seq, undoes, person, from, to } = taken.erased
  const whose = person === undefined ? '' : 'AND by_id = ?'
  const range = [room, from, to, ...(person === undefined ? [] : [BigInt(person.id)])]
  const which = `room_id = ? AND seq BETWEEN ? AND ? ${whose}`
  written.changed.push(...(await usersOf(tx, `${which} AND done_ms IS NULL`, range)))
  if (undoes === undefined)
    await tx.run(`UPDATE notifications SET gone_seq = ? WHERE ${which} AND gone_seq IS NULL`, [seq, ...range])
  else
    await tx.run(`UPDATE notifications SET gone_seq = NULL WHERE ${which} AND gone_seq = ?`, [
      ...range,
      undoes,
    ])
}

async function usersOf(tx: Queryable, which: string, params: (bigint | number)[]): Promise<string[]> {
  const rows = await tx.rows<{ user: number | string }>(
    `SELECT DISTINCT user_id AS user FROM notifications WHERE ${which}`,
    params,
  )
  return rows.map(({ user }) => String(user))
}
