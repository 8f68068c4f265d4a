// What somebody was told of long ago is forgotten, read or not.
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'

const { keptMs, sweep } = limits.notify

/** Deletes the oldest, a few at a time, until none is too old at `now` (ms since 1970). */
export async function forgetOld(db: Db, now: number): Promise<void> {
  for (;;) {
    const rows = await db.rows<{ id: number | string; decided_ms: number | string }>(
      'SELECT id, decided_ms FROM notifications ORDER BY id LIMIT ?',
      [sweep.rows],
    )
    const old = rows.filter(({ decided_ms }) => Number(decided_ms) < now - keptMs)
    const last = old.at(-1)
    if (last === undefined) return
    await db.run('DELETE FROM notifications WHERE id <= ?', [last.id])
    if (old.length < sweep.rows) return
  }
}
