// Removes what nobody needs: uploads that were given up, files whose messages are gone, bytes that no file has. One server at a
// time does it, in small steps with rests between them; what one has begun another goes on with.
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../../db.ts'
import { alone } from '../../lock-row.ts'
import type { Log } from '../../log/log.ts'
import { fileLimits } from '../../protocol/file-limits.ts'
import type { Blobs } from '../blobs.ts'
import type { Parts } from '../uploads/parts.ts'
import { releaseUnsent } from './unsent.ts'

export interface SweepDeps {
  db: Db
  log: Pick<Log, 'tail' | 'hasOpened'>
  blobs: Blobs
  parts: Parts
  /** Ends it between two steps. */
  signal: AbortSignal
  onSwept?: (swept: Swept) => void
  now?: (() => number) | undefined
}

/** How many of each. */
export interface Swept {
  released: number
  files: number
  blobs: number
  parts: number
}

const { sweepRows, sweepRestMs, youngMs } = fileLimits

export async function sweep(deps: SweepDeps): Promise<Swept> {
  const swept: Swept = { released: 0, files: 0, blobs: 0, parts: 0 }
  await alone(deps.db, 'files', async (lock) => {
    const held = { ...deps, signal: AbortSignal.any([deps.signal, lock.signal]) }
    swept.released = await releaseUnsent(held)
    await removeReleased(held, swept)
    await removeBlobs(held, swept)
    await removeParts(held, swept)
  })
  deps.onSwept?.(swept)
  return swept
}

/** Released files, with their bytes where no other file has them. */
async function removeReleased({ db, blobs, parts, signal }: SweepDeps, swept: Swept): Promise<void> {
  while (!signal.aborted) {
    const rows = await db.rows<{ id: number; hash: string | null }>(
      'SELECT id, hash FROM files WHERE released_ms IS NOT NULL ORDER BY released_ms LIMIT ?',
      [sweepRows],
    )
    if (rows.length === 0) return
    for (const { id } of rows) await parts.remove(String(id))
    const { affectedRows } = await db.run('DELETE FROM files WHERE id IN (?) AND released_ms IS NOT NULL', [
      rows.map(({ id }) => BigInt(id)),
    ])
    swept.files += affectedRows
    for (const hash of new Set(rows.flatMap((row) => row.hash ?? [])))
      if (await blobs.remove(hash)) swept.blobs += 1
    await pause(sweepRestMs)
  }
}

/** Bytes whose file went while a server was killed. A young one may be announced by a transaction that is not seen yet. */
async function removeBlobs({ db, blobs, signal, now = Date.now }: SweepDeps, swept: Swept): Promise<void> {
  while (!signal.aborted) {
    const rows = await db.rows<{ hash: string }>(
      `SELECT b.hash FROM blobs b LEFT JOIN files f ON f.hash = b.hash WHERE f.id IS NULL AND b.made_ms < ? LIMIT ?`,
      [now() - youngMs, sweepRows],
    )
    let removed = 0
    for (const { hash } of rows) if (await blobs.remove(hash)) removed += 1
    swept.blobs += removed
    if (removed === 0) return
    await pause(sweepRestMs)
  }
}

/** Parts whose row is gone. */
async function removeParts({ db, parts, signal, now = Date.now }: SweepDeps, swept: Swept): Promise<void> {
  const old = await parts.list(now() - youngMs)
  for (let at = 0; at < old.length && !signal.aborted; at += sweepRows) {
    const some = old.slice(at, at + sweepRows)
    const rows = await db.rows<{ id: number }>('SELECT id FROM files WHERE id IN (?) AND whole_ms IS NULL', [
      some.map(BigInt),
    ])
    const wanted = new Set(rows.map(({ id }) => String(id)))
    for (const id of some)
      if (!wanted.has(id)) {
        await parts.remove(id)
        swept.parts += 1
      }
    await pause(sweepRestMs)
  }
}
