// A day after a room was deleted its words go out of every table. Every server looks for it again and again, and one at a time does
// it; what one has begun another goes on with. The numbers of the room's log stay used.
import { setTimeout as pause } from 'node:timers/promises'
import { noteAudit } from '../audit/audit.ts'
import type { Db } from '../db.ts'
import { eraseWords } from '../erasing/for-good.ts'
import { releaseRoom } from '../files/release.ts'
import { cidBytes } from '../history/sql/insert.ts'
import { isSpokenRow } from '../history/entries/kind.ts'
import { alone } from '../lock-row.ts'
import { limits } from '../protocol/limits.ts'
import { withIndex } from '../search/touched.ts'

export interface ForGoodDeps {
  db: Db
  /** Ends it between two steps. */
  signal: AbortSignal
  now?: (() => number) | undefined
}

interface Due {
  id: number
  room_id: number
  by_id: number
  cid: string
  erased_upto: number
}

/** What is kept of a room besides its messages, by the column that names it. */
const besides = [
  'saved',
  'notifications',
  'notify_due',
  'mentions',
  'pins',
  'reactions',
  'followed_threads',
  'reminders',
  'scheduled_messages',
  'reports',
  'review_cases',
  'outgoing_hooks',
  'invite_rooms',
  'room_bans',
  'search_postings',
  'search_blocks',
  'deleted_memberships',
  'link_card_tasks',
  'link_card_pictures',
  'former_room_names',
  'room_pictures',
] as const

export async function eraseRooms({ db, signal, now = Date.now }: ForGoodDeps): Promise<void> {
  const due = await db.rows<Due>(
    `SELECT id, room_id, by_id, cid, erased_upto FROM room_deletions
     WHERE erased_at IS NULL AND restored_at IS NULL AND created_at <= ? ORDER BY id`,
    [new Date(now() - limits.erasing.undoMs)],
  )
  if (due.length === 0) return
  await alone(db, 'room-deletion', async (lock) => {
    const both = AbortSignal.any([signal, lock.signal])
    for (const one of due)
      if (!both.aborted && (await isArchived(db, one)) && (await makeFinal(db, one)))
        await eraseRoom({ db, signal: both }, one)
  })
}

/** What was said before the end of the room is in MySQL; until then there would be words to come. */
async function isArchived(db: Db, { by_id, cid }: Due): Promise<boolean> {
  const sql = 'SELECT 1 FROM messages WHERE user_id = ? AND cid = ?'
  return (await db.rows(sql, [BigInt(by_id), cidBytes(cid)])).length > 0
}

/** False: somebody has restored it at the last moment. */
const makeFinal = (db: Db, { id, room_id }: Due): Promise<boolean> =>
  db.transaction(async (tx) => {
    await tx.rows('SELECT id FROM rooms WHERE id = ? FOR UPDATE', [BigInt(room_id)])
    const { affectedRows } = await tx.run(
      'UPDATE room_deletions SET final_at = COALESCE(final_at, NOW(3)) WHERE id = ? AND restored_at IS NULL',
      [id],
    )
    if (affectedRows > 0) return true
    const [row] = await tx.rows('SELECT 1 FROM room_deletions WHERE id = ? AND restored_at IS NULL', [id])
    return row !== undefined
  })

async function eraseRoom({ db, signal }: Omit<ForGoodDeps, 'now'>, due: Due): Promise<void> {
  for (let after: number | undefined = Number(due.erased_upto); after !== undefined;) {
    if (signal.aborted) return
    const began = performance.now()
    after = await eraseStep(db, due, after)
    await pause(performance.now() - began)
  }
  await eraseBesides(db, due)
}

/** The next messages, in one transaction; answers the last one, undefined: there are no more. */
const eraseStep = (db: Db, { id, room_id }: Due, after: number): Promise<number | undefined> =>
  db.transaction(async (tx) => {
    const rows = await tx.rows<{ seq: number }>(
      'SELECT seq FROM messages FORCE INDEX (PRIMARY) WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?',
      [BigInt(room_id), after, limits.erasing.step],
    )
    const seqs = rows.map(({ seq }) => Number(seq))
    const last = seqs.at(-1)
    if (last === undefined) return undefined
    const room = String(room_id)
    const places = seqs.map((seq) => ({ room, seq }))
    await withIndex(tx, places, () => eraseWords(tx, room, seqs))
    await tx.run(
      `UPDATE messages SET deleted_ms = COALESCE(deleted_ms, log_ms) WHERE room_id = ? AND seq IN (?) AND ${isSpokenRow}`,
      [BigInt(room_id), seqs],
    )
    // A topic and a name are words, too.
    await tx.run('UPDATE messages SET notice = ? WHERE room_id = ? AND seq IN (?) AND notice IS NOT NULL', [
      JSON.stringify({ kind: 'deleted', shown: false }),
      BigInt(room_id),
      seqs,
    ])
    await tx.run('UPDATE room_deletions SET erased_upto = ? WHERE id = ?', [last, id])
    return last
  })

/** What tells of its people and its words, and then that it is done. */
const eraseBesides = (db: Db, { id, room_id }: Due): Promise<void> =>
  db.transaction(async (tx) => {
    const room = BigInt(room_id)
    for (const table of besides) await tx.run(`DELETE FROM ${table} WHERE room_id = ?`, [room])
    await releaseRoom(tx, String(room_id))
    await tx.run('UPDATE incoming_hooks SET removed_at = COALESCE(removed_at, NOW(3)) WHERE room_id = ?', [
      room,
    ])
    await tx.run("UPDATE rooms SET topic = '' WHERE id = ?", [room])
    await tx.run('UPDATE room_deletions SET erased_at = NOW(3) WHERE id = ?', [id])
    await noteAudit(tx, { kind: 'room_erased', about: { room: { id: String(room_id) } } })
  })
