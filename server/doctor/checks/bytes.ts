// The bytes of files: they are where they are kept, and they are those that their hash names.
import { createHash } from 'node:crypto'
import { blobKey, NoSuchBlob } from '../../files/stores/blob-store.ts'
import type { At, Check } from '../check.ts'

const rowsAtOnce = 500

interface BlobRow {
  hash: string
  size: number | string
}

export const bytes: Check = {
  name: 'bytes',
  about: 'the bytes of each file are there, and are those that were sent, by their SHA-256',
  ofRooms: false,
  async *look({ db, blobs, seen }) {
    for (let after = ''; ;) {
      // Of an upload that is about to be whole, the row is there before the bytes.
      const rows = await db.rows<BlobRow>(
        `SELECT b.hash, b.size FROM blobs b WHERE b.hash > ? AND EXISTS (
           SELECT 1 FROM files f WHERE f.hash = b.hash AND f.whole_ms IS NOT NULL AND f.released_ms IS NULL)
         ORDER BY b.hash LIMIT ?`,
        [after, rowsAtOnce],
      )
      for (const row of rows) {
        const wrong = await whyWrong(blobs, row)
        if (wrong !== undefined)
          yield { key: row.hash, id: row.hash, words: `the bytes ${row.hash.slice(0, 12)}… ${wrong}` }
      }
      seen(rows.length)
      const last = rows.at(-1)
      if (last === undefined || rows.length < rowsAtOnce) return
      after = last.hash
    }
  },
}

async function whyWrong(blobs: At['blobs'], { hash, size }: BlobRow): Promise<string | undefined> {
  try {
    const sum = createHash('sha256')
    let length = 0
    for await (const chunk of await blobs.read(blobKey(hash))) {
      sum.update(chunk as Buffer)
      length += (chunk as Buffer).length
    }
    if (length !== Number(size)) return `are ${length}, and should be ${Number(size)}`
    return sum.digest('hex') === hash ? undefined : 'are not those that were sent'
  } catch (error) {
    if (error instanceof NoSuchBlob) return 'are missing'
    throw error
  }
}
