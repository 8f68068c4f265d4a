// A new upload gets a row, which counts against what its person may keep; the same cid is the same upload.
import type { Db } from '../../db.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { findUpload, type FileRow } from '../file-row.ts'
import { refuseMore } from '../storage/quotas.ts'
import { readStorageSettings } from '../storage/settings.ts'
import type { Space } from '../storage/space.ts'
import type { NewUpload } from './facts.ts'

export interface BeginningDeps {
  db: Db
  space: Space
}

export async function beginUpload(
  { db, space }: BeginningDeps,
  user: string,
  { cid, name, info, size }: NewUpload & { size: number },
): Promise<FileRow | Refusal> {
  if (size === 0) return { code: 'empty_file' }
  const { workspaceBytes } = await readStorageSettings(db)
  return db.transaction(async (tx) => {
    // Where all together have a limit, one at a time of all. Before the first read, which fixes what the others see.
    if (workspaceBytes > 0) await tx.rows('SELECT 1 FROM workspace FOR UPDATE')
    // One at a time of a person, so that nobody has more than they may.
    await tx.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [BigInt(user)])
    const known = await findUpload(tx, user, cid)
    if (known !== undefined)
      return Number(known.size) === size ? known : { code: 'cid_used', detail: 'by a file of another size' }
    const refusal = await refuseMore(tx, user, size)
    if (refusal !== undefined) return refusal
    if (!(await space.has(size))) return { code: 'disk_full', retryAfterMs: 60_000 }
    // The one that had the cid before is let go of, and not removed yet; its bytes, which no row has then, the sweep finds.
    await tx.run('DELETE FROM files WHERE user_id = ? AND cid = ? AND released_ms IS NOT NULL', [
      BigInt(user),
      cid,
    ])
    const { insertId } = await tx.run(
      'INSERT INTO files (user_id, cid, name, size, info, created_ms) VALUES (?)',
      [[BigInt(user), cid, name, size, JSON.stringify(info), Date.now()]],
    )
    const made = await findUpload(tx, user, cid)
    return made ?? { code: 'cid_used', detail: insertId }
  })
}
