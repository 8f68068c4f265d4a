// The bytes of uploads that are not whole yet, a file each. Invariant: what is on the disk is a beginning of the upload, so its
// length is where the sender goes on.
import { mkdir, open, readdir, rm, stat, truncate, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Hashes } from './hashes.ts'

/** Bytes that wait for the disk while others are written: what a slow disk makes the sender wait for. */
const waitingBytes = 1024 * 1024

export class Parts {
  readonly #folder: string
  readonly #hashes: Hashes

  constructor(folder: string, hashes: Hashes) {
    this.#folder = folder
    this.#hashes = hashes
  }

  pathOf(id: string): string {
    if (!/^[1-9][0-9]{0,18}$/.test(id)) throw new Error(`not an id: ${id}`)
    return path.join(this.#folder, id)
  }

  /** Bytes that are there; undefined: nothing has come yet, or it has been moved. */
  async sizeOf(id: string): Promise<number | undefined> {
    try {
      return (await stat(this.pathOf(id))).size
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  /** Nothing is lost if it is there already. */
  async begin(id: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await (await open(this.pathOf(id), 'a', 0o600)).close()
  }

  /** From `offset` on; ended by its user. */
  async writer(id: string, offset: number): Promise<PartWriter> {
    const file = await open(this.pathOf(id), 'r+')
    return new PartWriter(file, { id, offset, hashes: this.#hashes })
  }

  /** What came after `offset` never came. */
  async cut(id: string, offset: number): Promise<void> {
    this.#hashes.forget(id)
    await truncate(this.pathOf(id), offset)
  }

  /** Those that nobody has written to since. */
  async list(before: number): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return []
      throw error
    })
    const old: string[] = []
    for (const name of names) {
      if (!/^[1-9][0-9]{0,18}$/.test(name)) continue
      const { mtimeMs } = await stat(this.pathOf(name)).catch(() => ({ mtimeMs: Number.NaN }))
      if (mtimeMs < before) old.push(name)
    }
    return old
  }

  async remove(id: string): Promise<void> {
    this.#hashes.forget(id)
    await rm(this.pathOf(id), { force: true })
  }
}

interface PartPlace {
  id: string
  offset: number
  hashes: Hashes
}

/** Writes what has gathered while the disk was busy in one call, and takes its hash on the way. */
export class PartWriter {
  readonly #sink: Writable
  #position: number

  constructor(file: FileHandle, place: PartPlace) {
    this.#position = place.offset
    const hash = place.hashes.take(place.id, place.offset)
    const write = async (chunks: Buffer[]): Promise<void> => {
      await writeAll(file, chunks, this.#position)
      for (const chunk of chunks) {
        hash?.update(chunk)
        this.#position += chunk.length
      }
    }
    this.#sink = new Writable({
      highWaterMark: waitingBytes,
      decodeStrings: false,
      write: (chunk: Buffer, _encoding, done) => void write([chunk]).then(() => done(), done),
      writev: (chunks, done) =>
        void write(chunks.map(({ chunk }) => chunk as Buffer)).then(() => done(), done),
      destroy: (error, done) => void file.close().then(() => done(error), done),
    })
    // Whoever writes sees it there; without a listener it would end the process.
    this.#sink.on('error', () => undefined)
    this.#sink.once('finish', () => {
      if (hash !== undefined) place.hashes.keep(place.id, this.#position, hash)
    })
  }

  /** Bytes that are certainly on the disk end here. */
  get position(): number {
    return this.#position
  }

  /** Resolves when there is room for more. @throws what the disk says */
  async write(chunk: Buffer): Promise<void> {
    if (this.#sink.errored !== null) throw this.#sink.errored
    if (this.#sink.write(chunk)) return
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        this.#sink.off('drain', settle).off('close', settle)
        if (this.#sink.errored === null) resolve()
        else reject(this.#sink.errored)
      }
      this.#sink.once('drain', settle).once('close', settle)
    })
  }

  /** Where the bytes on the disk end. @throws what the disk says */
  async end(): Promise<number> {
    this.#sink.end()
    await finished(this.#sink)
    return this.#position
  }
}

async function writeAll(file: FileHandle, chunks: Buffer[], at: number): Promise<void> {
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
  const { bytesWritten } = await file.writev(chunks, at)
  if (bytesWritten === bytes) return
  // A disk that is nearly full takes a part; the rest says why.
  const rest = Buffer.concat(chunks).subarray(bytesWritten)
  for (let done = 0; done < rest.length;) {
    const written = await file.write(rest, done, rest.length - done, at + bytesWritten + done)
    done += written.bytesWritten
  }
}

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT'
