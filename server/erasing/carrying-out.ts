// Makes what was decided so: one entry in the log of each room, and one more where it is undone; a day later the words go out
// of the tables. Every server does this again and again, so it does not matter which of them was asked, or whether it lives on.
// Invariant: each entry has a cid of its own, which is stored before it is used; told twice it is told once.
import { setTimeout as pause } from 'node:timers/promises'
import { noteAudit } from '../audit/audit.ts'
import type { Db, Queryable } from '../db.ts'
import { alone } from '../lock-row.ts'
import type { Log } from '../log/log.ts'
import type { DraftBody } from '../protocol/entries/index.ts'
import { manyMessages } from '../protocol/entries/erased.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import { forgetHeld } from '../reports/forget-words.ts'
import { eraseStep } from './for-good.ts'

export interface CarryingOutDeps {
  db: Db
  log: Pick<Log, 'append'>
  /** Ends the erasing of words between two steps. */
  signal: AbortSignal
  now?: (() => number) | undefined
}

interface Open {
  id: number
  person_id: number
  person_name: string
  by_id: number
  by_name: string
  undone_by: number | null
  undone_name: string | null
  created_at: Date
  told: 0 | 1
  undone: 0 | 1
}

interface Room {
  room_id: number
  from_seq: number
  cid: string
  seq: number | null
  undo_cid: string
  undo_seq: number | null
}

/** Tells the logs what they have not been told. @throws what a store says, to be done again */
export async function tellAll({ db, log }: Pick<CarryingOutDeps, 'db' | 'log'>): Promise<void> {
  const open = await db.rows<Open>(
    `SELECT id, person_id, person_name, by_id, by_name, undone_by, undone_name, created_at, told_at IS NOT NULL AS told,
       undone_at IS NOT NULL AS undone
     FROM erasings WHERE erased_at IS NULL AND undo_told_at IS NULL AND (told_at IS NULL OR undone_at IS NOT NULL) ORDER BY id`,
  )
  for (const one of open) await tell({ db, log }, one)
}

async function tell(deps: Pick<CarryingOutDeps, 'db' | 'log'>, { id, undone }: Open): Promise<void> {
  const { db } = deps
  const wanting = undone === 1 ? 'undo_seq IS NULL' : 'seq IS NULL'
  const rooms = await db.rows<{ room_id: number }>(
    `SELECT room_id FROM erasing_rooms WHERE erasing_id = ? AND ${wanting} ORDER BY room_id`,
    [id],
  )
  for (const { room_id } of rooms) await db.transaction((tx) => tellRoom(tx, deps.log, id, room_id))
  // Only if nobody has changed their mind meanwhile.
  const done = undone === 1 ? 'undo_told_at = NOW(3)' : 'told_at = NOW(3)'
  await db.run(
    `UPDATE erasings SET ${done} WHERE id = ? AND ${undone === 1 ? 'undone_at IS NOT NULL' : 'undone_at IS NULL'}`,
    [id],
  )
}

/**
 * One room. The row of the decision is locked while the log is told: whoever undoes it waits, and no entry that deletes comes
 * after one that restores.
 */
async function tellRoom(tx: Queryable, log: Pick<Log, 'append'>, id: number, roomId: number): Promise<void> {
  const [one] = await tx.rows<Open>(
    'SELECT *, undone_at IS NOT NULL AS undone FROM erasings WHERE id = ? FOR UPDATE',
    [id],
  )
  const [place] = await tx.rows<Room>(
    'SELECT room_id, from_seq, cid, seq, undo_cid, undo_seq FROM erasing_rooms WHERE erasing_id = ? AND room_id = ?',
    [id, roomId],
  )
  if (one === undefined || place === undefined) return
  const room = String(roomId)
  const person: Person = { id: String(one.person_id), name: one.person_name }
  const about = { type: 'erased', target: manyMessages, person, from: place.from_seq } as const
  const by: Person = { id: String(one.by_id), name: one.by_name }
  // Also when it is undone already: whoever was to tell it may have done so and not lived to write down the number.
  const seq = place.seq ?? (await append(log, { room, user: by, cid: place.cid, body: { ...about, to: 0 } }))
  let undoSeq = place.undo_seq
  if (one.undone === 1 && undoSeq === null) {
    const user: Person = { id: String(one.undone_by), name: one.undone_name ?? '' }
    const body = { ...about, to: seq - 1, undoes: seq }
    undoSeq = await append(log, { room, user, cid: place.undo_cid, body })
  }
  await tx.run('UPDATE erasing_rooms SET seq = ?, undo_seq = ? WHERE erasing_id = ? AND room_id = ?', [
    seq,
    undoSeq,
    id,
    roomId,
  ])
}

async function append(
  log: Pick<Log, 'append'>,
  draft: { room: string; user: Person; cid: string; body: DraftBody },
): Promise<number> {
  const answer = await log.append(draft)
  if ('seq' in answer) return answer.seq
  throw new Error(`the log of room ${draft.room} does not take it: ${answer.code}`)
}

/** After limits.erasing.undoMs it is final, and the words go. By one server at a time, which leaves the table half of the time. */
export async function eraseAll({ db, signal, now = Date.now }: CarryingOutDeps): Promise<void> {
  const due = await db.rows<{ id: number }>(
    `SELECT id FROM erasings WHERE erased_at IS NULL AND undone_at IS NULL AND told_at IS NOT NULL AND created_at <= ?`,
    [new Date(now() - limits.erasing.undoMs)],
  )
  if (due.length === 0) return
  await alone(db, 'erasing', async (lock) => {
    const both = AbortSignal.any([signal, lock.signal])
    for (const { id } of due) if (await makeFinal(db, id)) await erase({ db, signal: both }, id)
  })
}

/** False: somebody has undone it at the last moment. */
const makeFinal = (db: Db, id: number): Promise<boolean> =>
  db.transaction(async (tx) => {
    const [row] = await tx.rows<Open & { is_final: 0 | 1; messages: number; since_ms: number }>(
      `SELECT *, undone_at IS NOT NULL AS undone, final_at IS NOT NULL AS is_final FROM erasings WHERE id = ? FOR UPDATE`,
      [id],
    )
    if (row === undefined || row.undone === 1) return false
    // What a rule holds back of them is no message yet, and would come after this.
    await forgetHeld(tx, String(row.person_id), { from: row.since_ms, to: row.created_at.getTime() })
    if (row.is_final === 1) return true
    await tx.run('UPDATE erasings SET final_at = NOW(3) WHERE id = ?', [id])
    const person = { id: String(row.person_id), name: row.person_name }
    await noteAudit(tx, {
      kind: 'messages_erased',
      about: { person, messages: row.messages, id: String(id) },
    })
    return true
  })

async function erase({ db, signal }: Pick<CarryingOutDeps, 'db' | 'signal'>, id: number): Promise<void> {
  const rooms = await db.rows<Room & { archived: 0 | 1 }>(
    `SELECT r.room_id, r.seq, EXISTS (SELECT 1 FROM changes c WHERE c.room_id = r.room_id AND c.seq = r.seq) AS archived
     FROM erasing_rooms r WHERE r.erasing_id = ? AND r.is_erased = 0`,
    [id],
  )
  let isWhole = true
  for (const { room_id, seq, archived } of rooms) {
    // What deletes them is not in MySQL yet: its messages are not marked.
    if (archived === 0 || seq === null) {
      isWhole = false
      continue
    }
    for (let after = 0; ;) {
      if (signal.aborted) return
      const began = performance.now()
      const last = await eraseStep(db, { room: String(room_id), by: seq, after })
      if (last === undefined) break
      after = last
      await pause(performance.now() - began)
    }
    await db.run('UPDATE erasing_rooms SET is_erased = 1 WHERE erasing_id = ? AND room_id = ?', [id, room_id])
  }
  if (isWhole) await db.run('UPDATE erasings SET erased_at = NOW(3) WHERE id = ?', [id])
}
