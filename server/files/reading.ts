// The bytes of files for exports, which have asked already who may have them.
import type { Readable } from 'node:stream'
import type { Queryable } from '../db.ts'
import { blobKey, NoSuchBlob, type BlobStore } from './stores/blob-store.ts'

export interface ReadingDeps {
  db: Queryable
  store: Pick<BlobStore, 'read'>
}

/** Undefined: it is not there any more. @throws BlobsAway */
export async function openBlob(
  { store }: Pick<ReadingDeps, 'store'>,
  hash: string | null | undefined,
): Promise<Readable | undefined> {
  if (hash === null || hash === undefined) return undefined
  try {
    return await store.read(blobKey(hash))
  } catch (error) {
    if (error instanceof NoSuchBlob) return undefined
    throw error
  }
}

/** A file that a message of this room holds. */
export async function openOfRoom(deps: ReadingDeps, room: string, id: string): Promise<Readable | undefined> {
  const [row] = await deps.db.rows<{ hash: string | null }>(
    'SELECT hash FROM files WHERE id = ? AND room_id = ? AND released_ms IS NULL',
    [BigInt(id), BigInt(room)],
  )
  return openBlob(deps, row?.hash)
}

export interface SentFile {
  id: string
  name: string
  size: number
  hash: string
}

const pageRows = 200

/** What somebody has sent, page by page, oldest first. */
export async function* sentFiles(db: Queryable, user: string): AsyncGenerator<SentFile> {
  for (let after = '0'; ;) {
    const rows = await db.rows<{ id: number; name: string; size: number; hash: string }>(
      `SELECT id, name, size, hash FROM files
       WHERE user_id = ? AND id > ? AND room_id IS NOT NULL AND released_ms IS NULL AND hash IS NOT NULL
       ORDER BY id LIMIT ?`,
      [BigInt(user), BigInt(after), pageRows],
    )
    for (const { id, size, ...row } of rows) yield { ...row, id: String(id), size: Number(size) }
    if (rows.length < pageRows) return
    after = String(rows.at(-1)?.id ?? after)
  }
}
