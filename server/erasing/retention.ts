// Deletes what is older than a room or the workspace keeps messages: by entries of the room's log, each about the next few numbers,
// whose words go where the entry is archived (history/entries/erased.ts). By one server at a time.
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../db.ts'
import { isSpokenRow } from '../history/entries/kind.ts'
import { alone } from '../lock-row.ts'
import type { Log } from '../log/log.ts'
import { newCid } from '../protocol/cid.ts'
import { manyMessages } from '../protocol/entries/erased.ts'
import { limits } from '../protocol/limits.ts'

export interface RetentionDeps {
  db: Db
  log: Pick<Log, 'append'>
  /** Ends it between two entries. */
  signal: AbortSignal
  now?: (() => number) | undefined
}

interface Room {
  id: number
  /** A decimal, which the driver gives as text. */
  days: number | string
  expired_seq: number
  by_id: number
  by_name: string
}

/**
 * Of two settings the shorter holds; 0 says nothing. An entry needs somebody who wrote it: whoever made the room, or the first
 * there is.
 */
const keeping = `SELECT r.id, r.expired_seq, u.id AS by_id, u.name AS by_name,
    IF(r.retention_days = 0 OR COALESCE(w.retention_days, 0) = 0,
      GREATEST(r.retention_days, COALESCE(w.retention_days, 0)), LEAST(r.retention_days, w.retention_days)) AS days
  FROM rooms r LEFT JOIN workspace w ON w.one = 1
  JOIN users u ON u.id = COALESCE(r.created_by, (SELECT MIN(id) FROM users))
  WHERE r.retention_days > 0 OR w.retention_days > 0 ORDER BY r.id`

const dayMs = 24 * 60 * 60 * 1_000

export async function expireAll(deps: RetentionDeps): Promise<void> {
  const { db } = deps
  const rooms = await db.rows<Room>(keeping)
  if (rooms.length === 0) return
  await alone(db, 'retention', async (lock) => {
    const signal = AbortSignal.any([deps.signal, lock.signal])
    for (const room of rooms) await expireRoom({ ...deps, signal }, room)
  })
}

async function expireRoom({ db, log, signal, now = Date.now }: RetentionDeps, room: Room): Promise<void> {
  const before = now() - Number(room.days) * dayMs
  const id = BigInt(room.id)
  let floor = Number(room.expired_seq)
  const [oldest] = await db.rows<{ at: number }>(
    'SELECT log_ms AS at FROM messages WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT 1',
    [id, floor],
  )
  if (oldest === undefined || oldest.at >= before - limits.retention.slackMs) return
  while (!signal.aborted) {
    const rows = await db.rows<{ seq: number; at: number; spoken: 0 | 1 }>(
      `SELECT seq, log_ms AS at, ${isSpokenRow} AS spoken FROM messages WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
      [id, floor, limits.retention.step],
    )
    const [first] = rows
    if (first === undefined || first.at >= before) return
    // Its numbers are also those of changes, which have no rows here.
    const old = rows.filter(({ seq, at }) => at < before && seq < first.seq + limits.retention.step)
    const to = old.at(-1)?.seq ?? floor
    if (old.some(({ spoken }) => spoken === 1)) {
      if (!(await tell(log, room, { from: floor + 1, to }))) return
      if (!(await isArchived(db, id, to))) return
    } else await db.run('UPDATE rooms SET expired_seq = GREATEST(expired_seq, ?) WHERE id = ?', [to, id])
    floor = to
  }
}

/** False: the log does not take it now; the next run goes on. */
async function tell(
  log: Pick<Log, 'append'>,
  { id, days, by_id, by_name }: Room,
  { from, to }: { from: number; to: number },
): Promise<boolean> {
  const user = { id: String(by_id), name: by_name }
  const body = { type: 'erased', target: manyMessages, from, to, days: Number(days) } as const
  return 'seq' in (await log.append({ room: String(id), user, cid: newCid(), body }))
}

async function isArchived(db: Db, id: bigint, to: number): Promise<boolean> {
  for (const end = Date.now() + limits.retention.archivedMs; Date.now() < end;) {
    const [row] = await db.rows<{ upto: number }>('SELECT expired_seq AS upto FROM rooms WHERE id = ?', [id])
    if (row === undefined || Number(row.upto) >= to) return true
    await pause(100)
  }
  return false
}
