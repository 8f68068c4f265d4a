// Files that no message holds a day after they came: never finished, never sent, or sent with a message that never was.
import type { Db } from '../../db.ts'
import type { Log } from '../../log/log.ts'
import { fileLimits } from '../../protocol/file-limits.ts'
import { saidBefore } from '../claims.ts'

export interface UnsentDeps {
  db: Db
  log: Pick<Log, 'tail' | 'hasOpened'>
  signal: AbortSignal
  now?: (() => number) | undefined
}

interface Claimed {
  id: number
  user_id: number
  room_id: number
  message_cid: string
}

const { sweepRows, unsentMs } = fileLimits

/** How many were released. */
export async function releaseUnsent(deps: UnsentDeps): Promise<number> {
  const { db, now = Date.now } = deps
  const before = now() - unsentMs
  const { affectedRows } = await db.run(
    'UPDATE files SET released_ms = ? WHERE claimed_ms IS NULL AND created_ms < ? AND released_ms IS NULL',
    [now(), before],
  )
  // Without the log nobody knows what was said and is not archived.
  return affectedRows + (deps.log.hasOpened ? await releaseUnsaid(deps, before) : 0)
}

/** A message that waits to be sent, or for review, keeps its files. */
const isWaiting = `EXISTS (SELECT 1 FROM scheduled_messages s WHERE s.user_id = f.user_id AND s.cid = f.message_cid)
  OR EXISTS (SELECT 1 FROM review_cases c WHERE c.author_id = f.user_id AND c.cid = f.message_cid AND c.said IS NOT NULL)`

async function releaseUnsaid(
  { db, log, signal, now = Date.now }: UnsentDeps,
  before: number,
): Promise<number> {
  let released = 0
  for (let after = 0; !signal.aborted;) {
    const rows = await db.rows<Claimed>(
      `SELECT f.id, f.user_id, f.room_id, f.message_cid FROM files f
       WHERE f.seq IS NULL AND f.claimed_ms < ? AND f.released_ms IS NULL AND f.id > ? AND NOT (${isWaiting})
       ORDER BY f.id LIMIT ?`,
      [before, after, sweepRows],
    )
    for (const { id, user_id, room_id, message_cid } of rows) {
      const place = { user: String(user_id), room: String(room_id), cid: message_cid }
      if ((await saidBefore({ db, log }, place)) !== undefined) continue
      const { affectedRows } = await db.run(
        'UPDATE files SET released_ms = ? WHERE id = ? AND seq IS NULL AND claimed_ms < ? AND released_ms IS NULL',
        [now(), BigInt(id), before],
      )
      released += affectedRows
    }
    after = Number(rows.at(-1)?.id ?? 0)
    if (rows.length < sweepRows) return released
  }
  return released
}
