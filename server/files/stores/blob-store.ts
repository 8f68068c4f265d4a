// Where bytes are kept. Keys: `blobs/<sha256>`, `previews/<sha256>/<width>.webp`, `cards/<sha256>`. What a key names never changes, so
// whoever keeps the same key twice keeps it once.
import type { Readable } from 'node:stream'

/** Bytes, both inclusive. */
export interface ByteRange {
  start: number
  end: number
}

export interface BlobStore {
  /** As a blob's row says it. */
  readonly place: 'disk' | 's3'
  /**
   * Keeps the bytes of the file at `path`, whole or not at all; what is already there stays. The file may be moved: it is the
   * caller's no more.
   */
  put(key: string, path: string): Promise<void>
  /** The bytes, or those of a range. @throws NoSuchBlob before the first byte */
  read(key: string, range?: ByteRange): Promise<Readable>
  /** Where the bytes are as a file of this machine, which nobody may write to; undefined: they are elsewhere. */
  localPath?(key: string): Promise<string | undefined>
  /** Undefined: it is not there. */
  sizeOf(key: string): Promise<number | undefined>
  /** Nothing happens if it is not there. */
  remove(key: string): Promise<void>
  /** In any order. */
  list(prefix: string): AsyncIterable<{ key: string; size: number }>
}

/** Nothing is kept under this key. */
export class NoSuchBlob extends Error {
  override name = 'NoSuchBlob'
}

export const blobKey = (hash: string): string => `blobs/${hash}`
export const previewKey = (hash: string, width: number): string => `previews/${hash}/${width}.webp`
/** Of a link card's picture. */
export const cardKey = (hash: string): string => `cards/${hash}`
