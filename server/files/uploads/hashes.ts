// The hashes of uploads that are on their way, taken as the bytes come. One that is not known, because the server was restarted
// or another one took a part, is taken from the disk at the end.
import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Uploads whose hashes are remembered. */
const remembered = 1_000
const readBytes = 128 * 1024

export class Hashes {
  readonly #known = new Map<string, { upto: number; hash: Hash }>()

  /** Of the first `offset` bytes, to go on with; undefined: not known. Nobody else has it until it is kept again. */
  take(id: string, offset: number): Hash | undefined {
    const known = this.#known.get(id)
    this.#known.delete(id)
    if (offset === 0) return createHash('sha256')
    return known?.upto === offset ? known.hash : undefined
  }

  keep(id: string, upto: number, hash: Hash): void {
    this.#known.delete(id)
    this.#known.set(id, { upto, hash })
    const [oldest = id] = this.#known.keys()
    if (this.#known.size > remembered) this.#known.delete(oldest)
  }

  forget(id: string): void {
    this.#known.delete(id)
  }

  /** Of the whole file, in hex. */
  async of(id: string, path: string, size: number): Promise<string> {
    return (this.take(id, size) ?? (await hashOf(path))).digest('hex')
  }
}

async function hashOf(path: string): Promise<Hash> {
  const hash = createHash('sha256')
  const file = await open(path, 'r')
  for await (const chunk of file.createReadStream({ highWaterMark: readBytes })) hash.update(chunk as Buffer)
  return hash
}
