// Bytes that files have, each once. A row of `blobs` is there before its bytes and until after them, and is locked by whoever
// keeps or removes it: so the same bytes may arrive while the last file that had them goes.
import type { Db, Queryable } from '../db.ts'
import { blobKey, cleanKey, type BlobStore } from './stores/blob-store.ts'

export interface BlobsDeps {
  db: Db
  store: BlobStore
}

export class Blobs {
  readonly store: BlobStore
  readonly #db: Db

  constructor({ db, store }: BlobsDeps) {
    this.#db = db
    this.store = store
  }

  /** In the transaction that writes the hash into the file's row, before it: from then on nobody removes the bytes. */
  async announce(tx: Queryable, { hash, size }: { hash: string; size: number }): Promise<void> {
    await tx.run(
      `INSERT INTO blobs (hash, size, place, made_ms) VALUES (?)
       ON DUPLICATE KEY UPDATE place = VALUES(place), made_ms = VALUES(made_ms)`,
      [[hash, size, this.store.place, Date.now()]],
    )
  }

  /** Removes what no file has any more, with its previews. False: some file has it. */
  remove(hash: string): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      await tx.rows('SELECT hash FROM blobs WHERE hash = ? FOR UPDATE', [hash])
      const [file] = await tx.rows('SELECT id FROM files WHERE hash = ? LIMIT 1 LOCK IN SHARE MODE', [hash])
      if (file !== undefined) return false
      for await (const { key } of this.store.list(`previews/${hash}/`)) await this.store.remove(key)
      await this.store.remove(cleanKey(hash))
      await this.store.remove(blobKey(hash))
      await tx.run('DELETE FROM blobs WHERE hash = ?', [hash])
      return true
    })
  }
}
