// Reads a file here and there, in blocks: those who walk through its structure ask for a few bytes at a time.
import { open, type FileHandle } from 'node:fs/promises'

const blockBytes = 256 * 1024

export class FileBytes {
  readonly size: number
  readonly #file: FileHandle
  #block = Buffer.alloc(0)
  #blockAt = 0

  private constructor(file: FileHandle, size: number) {
    this.#file = file
    this.size = size
  }

  static async read<T>(path: string, size: number, walk: (bytes: FileBytes) => Promise<T>): Promise<T> {
    const file = await open(path)
    try {
      return await walk(new FileBytes(file, size))
    } finally {
      await file.close()
    }
  }

  /** Fewer where the file ends. `length`: at most a block. */
  async at(offset: number, length: number): Promise<Buffer> {
    const from = offset - this.#blockAt
    if (from < 0 || from + length > this.#block.length) await this.#load(offset)
    const start = offset - this.#blockAt
    return this.#block.subarray(start, start + length)
  }

  /** Where this byte is next, from `offset` on; the file's size if it is nowhere. */
  async find(byte: number, offset: number): Promise<number> {
    for (let at = offset; at < this.size; at = this.#blockAt + this.#block.length) {
      await this.at(at, 1)
      const found = this.#block.indexOf(byte, at - this.#blockAt)
      if (found !== -1) return this.#blockAt + found
      if (this.#block.length === 0) break
    }
    return this.size
  }

  async #load(offset: number): Promise<void> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(blockBytes), 0, blockBytes, offset)
    this.#block = buffer.subarray(0, bytesRead)
    this.#blockAt = offset
  }
}
