// Bytes that files have, each once. A row of `blobs` is there before its bytes and until after them, and is locked by whoever
// keeps or removes it: so the same bytes may arrive while the last file that had them goes.
import type { Readable } from 'node:stream'
import type { Db, Queryable } from '../db.ts'
import type { Patch } from '../pictures/scrub/patch.ts'
import { patched } from './patched.ts'
import { blobKey, NoSuchBlob, type BlobStore, type ByteRange } from './stores/blob-store.ts'

export interface BlobsDeps {
  db: Db
  store: BlobStore
}

/** `patches`: as an inspection has found them. */
export interface NewBlob {
  hash: string
  size: number
  patches: Patch[] | undefined
}

export class Blobs {
  readonly store: BlobStore
  readonly #db: Db

  constructor({ db, store }: BlobsDeps) {
    this.#db = db
    this.store = store
  }

  /** In the transaction that writes the hash into the file's row, before it: from then on nobody removes the bytes. */
  async announce(tx: Queryable, { hash, size, patches }: NewBlob): Promise<void> {
    await tx.run(
      `INSERT INTO blobs (hash, size, place, made_ms, patches) VALUES (?)
       ON DUPLICATE KEY UPDATE place = VALUES(place), made_ms = VALUES(made_ms), patches = VALUES(patches)`,
      [[hash, size, this.store.place, Date.now(), patches === undefined ? null : JSON.stringify(patches)]],
    )
  }

  /**
   * What is written over the bytes for everybody but the owner of the file. @throws NoSuchBlob if nothing is known of these bytes,
   * so that nobody gets them as they are
   */
  async patchesOf(hash: string): Promise<Patch[]> {
    const [row] = await this.#db.rows<{ patches: string | null }>(
      'SELECT patches FROM blobs WHERE hash = ?',
      [hash],
    )
    if (row === undefined) throw new NoSuchBlob(blobKey(hash))
    return row.patches === null ? [] : (JSON.parse(row.patches) as Patch[])
  }

  /** The bytes as everybody but the owner of the file gets them. @throws NoSuchBlob before the first byte */
  async readForOthers(hash: string, range?: ByteRange): Promise<Readable> {
    const patches = await this.patchesOf(hash)
    return patched(await this.store.read(blobKey(hash), range), patches, range?.start)
  }

  /** Removes what no file has any more, with its previews. False: some file has it. */
  remove(hash: string): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      await tx.rows('SELECT hash FROM blobs WHERE hash = ? FOR UPDATE', [hash])
      const [file] = await tx.rows('SELECT id FROM files WHERE hash = ? LIMIT 1 LOCK IN SHARE MODE', [hash])
      if (file !== undefined) return false
      // Before its previews: whoever has just made one looks whether the bytes are still there (previews/previews.ts).
      await this.store.remove(blobKey(hash))
      for await (const { key } of this.store.list(`previews/${hash}/`)) await this.store.remove(key)
      await tx.run('DELETE FROM blobs WHERE hash = ?', [hash])
      return true
    })
  }
}
