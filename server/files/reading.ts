// The bytes of files for exports, which have asked already who may have them.
import type { Readable } from 'node:stream'
import type { Queryable } from '../db.ts'
import type { Blobs } from './blobs.ts'
import { blobKey, NoSuchBlob } from './stores/blob-store.ts'

/** `isOwn`: for the owner of the file; others get it without what a camera has written into it. Undefined: it is not there any more. @throws BlobsAway */
export async function openBlob(
  blobs: Blobs,
  { hash, isOwn }: { hash: string | null | undefined; isOwn: boolean },
): Promise<Readable | undefined> {
  if (hash === null || hash === undefined) return undefined
  try {
    return await (isOwn ? blobs.store.read(blobKey(hash)) : blobs.readForOthers(hash))
  } catch (error) {
    if (error instanceof NoSuchBlob) return undefined
    throw error
  }
}

/** A file that a message of this room holds. */
export async function openOfRoom(
  { db, blobs }: { db: Queryable; blobs: Blobs },
  room: string,
  id: string,
): Promise<Readable | undefined> {
  const [row] = await db.rows<{ hash: string | null }>(
    'SELECT hash FROM files WHERE id = ? AND room_id = ? AND released_ms IS NULL',
    [BigInt(id), BigInt(room)],
  )
  return openBlob(blobs, { hash: row?.hash, isOwn: false })
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
