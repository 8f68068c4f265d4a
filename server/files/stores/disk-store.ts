// Bytes in a folder of DATA_DIR. A file gets its name only once it is whole and on the disk, so whoever finds it has it.
import { copyFile, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { randomUUID } from 'node:crypto'
import { NoSuchBlob, type BlobStore, type ByteRange } from './blob-store.ts'

export class DiskStore implements BlobStore {
  readonly place = 'disk'
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async put(key: string, from: string): Promise<void> {
    const to = this.#pathOf(key)
    if ((await this.sizeOf(key)) !== undefined) return rm(from, { force: true })
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
    await flush(from)
    try {
      await rename(from, to)
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error
      // From another disk it cannot be moved.
      const half = `${to}.${randomUUID()}.half`
      await copyFile(from, half)
      await flush(half)
      await rename(half, to)
      await rm(from, { force: true })
    }
    await flush(path.dirname(to))
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    try {
      const file = await open(this.#pathOf(key), 'r')
      return file.createReadStream({ ...range, highWaterMark: readBytes })
    } catch (error) {
      throw isMissing(error) ? new NoSuchBlob(key) : error
    }
  }

  async localPath(key: string): Promise<string | undefined> {
    return (await this.sizeOf(key)) === undefined ? undefined : this.#pathOf(key)
  }

  async sizeOf(key: string): Promise<number | undefined> {
    try {
      return (await stat(this.#pathOf(key))).size
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async remove(key: string): Promise<void> {
    const file = this.#pathOf(key)
    await rm(file, { force: true })
    // The last preview of some bytes leaves no folder; others are still in use, or were never there.
    if (hasOwnFolder.test(key)) await rmdir(path.dirname(file)).catch(() => undefined)
  }

  async *list(prefix: string): AsyncIterable<{ key: string; size: number }> {
    for await (const file of filesIn(this.#folderOf(prefix))) {
      const key = keyOf(path.relative(this.#folder, file))
      if (!key.startsWith(prefix) || key.endsWith('.half')) continue
      const size = await this.sizeOf(key)
      if (size !== undefined) yield { key, size }
    }
  }

  /** The smallest one that has all keys with this beginning: the previews of one picture are not looked for among all others. */
  #folderOf(prefix: string): string {
    const [top = '', hash = ''] = prefix.split('/')
    const all = path.join(this.#folder, top)
    return hasOwnFolder.test(prefix) ? path.join(all, hash.slice(0, 2), hash) : all
  }

  /** `blobs/abcd…` is `blobs/ab/abcd…`: no folder has hundreds of thousands of files. */
  #pathOf(key: string): string {
    if (!/^[a-z]+\/[0-9a-f]{64}(\/[0-9]+\.webp)?$/.test(key)) throw new Error(`not a key: ${key}`)
    const [top = '', hash = '', ...rest] = key.split('/')
    return path.join(this.#folder, top, hash.slice(0, 2), hash, ...rest)
  }
}

const hasOwnFolder = /^[a-z]+\/[0-9a-f]{64}\//

/** Few and large reads: a gigabyte goes by without the loop being asked 16,000 times. */
const readBytes = 256 * 1024

const keyOf = (relative: string): string => {
  const [top = '', , ...rest] = relative.split(path.sep)
  return [top, ...rest].join('/')
}

async function* filesIn(folder: string): AsyncIterable<string> {
  try {
    for await (const entry of await opendir(folder, { recursive: true }))
      if (entry.isFile()) yield path.join(entry.parentPath, entry.name)
  } catch (error) {
    // Nothing has been kept yet, or a folder has just been removed.
    if (!isMissing(error)) throw error
  }
}

async function flush(place: string): Promise<void> {
  const file = await open(place, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
