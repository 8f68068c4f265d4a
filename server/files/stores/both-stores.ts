// Two places for files, while they move from one to the other, or where old ones have stayed: new ones go to the first, and what
// is read is found in either.
import type { Readable } from 'node:stream'
import { NoSuchBlob, type BlobStore, type ByteRange } from './blob-store.ts'

/** `disk` is asked first, because it costs nothing to ask. `into`: where new files go. */
export interface Places {
  disk: BlobStore
  s3: BlobStore
  into: BlobStore['place']
}

export class BothStores implements BlobStore {
  readonly place: BlobStore['place']
  readonly #places: Places

  constructor(places: Places) {
    this.#places = places
    this.place = places.into
  }

  put(key: string, path: string): Promise<void> {
    return this.#places[this.place].put(key, path)
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    // Twice: it may have moved to the disk after that was asked.
    for (const place of this.#order())
      try {
        return await place.read(key, range)
      } catch (error) {
        if (!(error instanceof NoSuchBlob)) throw error
      }
    return this.#places.disk.read(key, range)
  }

  localPath(key: string): Promise<string | undefined> {
    return this.#places.disk.localPath?.(key) ?? Promise.resolve(undefined)
  }

  async sizeOf(key: string): Promise<number | undefined> {
    for (const place of this.#order()) {
      const size = await place.sizeOf(key)
      if (size !== undefined) return size
    }
    return this.#places.disk.sizeOf(key)
  }

  async remove(key: string): Promise<void> {
    for (const place of this.#order()) await place.remove(key)
  }

  /** What is in both is named twice. */
  async *list(prefix: string): AsyncIterable<{ key: string; size: number }> {
    for (const place of this.#order()) yield* place.list(prefix)
  }

  #order(): BlobStore[] {
    return [this.#places.disk, this.#places.s3]
  }
}
