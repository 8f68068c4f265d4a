// What files take, for administrators: counted when it is asked for.
import type { Db } from '../../db.ts'
import { fileLimits } from '../../protocol/file-limits.ts'
import type { FileKind, StorageAnswer } from '../../protocol/files.ts'
import { readStorageSettings } from './settings.ts'
import type { Space } from './space.ts'

interface Sum {
  files: number | string
  bytes: number | string | null
}

export async function storageOverview(db: Db, space: Space): Promise<StorageAnswer> {
  const [settings, kinds, people, [kept], free] = await Promise.all([
    readStorageSettings(db),
    db.rows<Sum & { kind: FileKind }>(
      'SELECT kind, COUNT(*) AS files, SUM(size) AS bytes FROM files WHERE released_ms IS NULL GROUP BY kind',
    ),
    db.rows<Sum & { id: number; name: string }>(
      `SELECT u.id, u.name, s.files, s.bytes FROM
         (SELECT user_id, COUNT(*) AS files, SUM(size) AS bytes FROM files WHERE released_ms IS NULL GROUP BY user_id) AS s
       JOIN users u ON u.id = s.user_id ORDER BY s.bytes DESC, u.id LIMIT ?`,
      [fileLimits.largest],
    ),
    // Also the pictures of link cards.
    db.rows<Sum>(
      'SELECT SUM(size) AS bytes FROM (SELECT size FROM blobs UNION ALL SELECT size FROM link_card_blobs) AS kept',
    ),
    space.free(),
  ])
  const sums = kinds.map(({ kind, files, bytes }) => ({ kind, files: Number(files), bytes: Number(bytes) }))
  return {
    settings,
    files: sums.reduce((sum, { files }) => sum + files, 0),
    bytes: sums.reduce((sum, { bytes }) => sum + bytes, 0),
    kept: Number(kept?.bytes ?? 0),
    free: free ?? null,
    reserve: space.reserve,
    kinds: sums.sort((a, b) => b.bytes - a.bytes),
    people: people.map(({ id, name, files, bytes }) => ({
      id: String(id),
      name,
      files: Number(files),
      bytes: Number(bytes),
    })),
  }
}
