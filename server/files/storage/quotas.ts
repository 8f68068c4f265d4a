// What one person and all together may keep. An upload counts from its beginning, with all of its bytes; the same bytes in two
// files count twice, because either may be the last one.
import type { Queryable } from '../../db.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { fileLimits } from '../../protocol/file-limits.ts'
import { readStorageSettings } from './settings.ts'

interface Sum {
  bytes: string | number | null
  unsent: string | number | null
}

/** Undefined: there is room for so many more bytes of this person, whose row is locked. */
export async function refuseMore(tx: Queryable, user: string, size: number): Promise<Refusal | undefined> {
  const { fileBytes, personBytes, workspaceBytes } = await readStorageSettings(tx)
  if (size > fileBytes) return { code: 'file_too_large', detail: `at most ${inWords(fileBytes)}` }
  const [own] = await tx.rows<Sum>(
    'SELECT SUM(size) AS bytes, SUM(room_id IS NULL) AS unsent FROM files WHERE user_id = ? AND released_ms IS NULL',
    [BigInt(user)],
  )
  if (Number(own?.unsent ?? 0) >= fileLimits.unsent) return { code: 'too_many_files' }
  if (personBytes > 0 && Number(own?.bytes ?? 0) + size > personBytes)
    return { code: 'quota', detail: `${inWords(personBytes)} for each person` }
  if (workspaceBytes === 0) return undefined
  const [all] = await tx.rows<Sum>('SELECT SUM(size) AS bytes FROM files WHERE released_ms IS NULL')
  return Number(all?.bytes ?? 0) + size > workspaceBytes
    ? { code: 'quota', detail: `${inWords(workspaceBytes)} for everybody` }
    : undefined
}

/** 2 GB: as people count. */
function inWords(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`
}
