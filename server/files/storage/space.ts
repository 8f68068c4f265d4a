// The disk under the files: below a reserve no upload is taken, so that the databases, the logs and talk go on.
import { mkdir, statfs } from 'node:fs/promises'
import { fileLimits } from '../../protocol/file-limits.ts'

/** Bytes that anybody may still write; undefined: the disk does not say. */
export type FreeBytes = (folder: string) => Promise<number | undefined>

export const freeBytes: FreeBytes = async (folder) => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}

export interface SpaceDeps {
  folder: string
  reserve?: number | undefined
  free?: FreeBytes | undefined
  now?: (() => number) | undefined
}

export class Space {
  readonly reserve: number
  readonly #folder: string
  readonly #free: FreeBytes
  readonly #now: () => number
  #known: { at: number; free: Promise<number | undefined> } | undefined

  constructor({
    folder,
    reserve = fileLimits.reserveBytes,
    free = freeBytes,
    now = () => performance.now(),
  }: SpaceDeps) {
    this.reserve = reserve
    this.#folder = folder
    this.#free = free
    this.#now = now
  }

  /** A moment old at most. */
  free(): Promise<number | undefined> {
    const now = this.#now()
    if (this.#known === undefined || now - this.#known.at > fileLimits.spaceEveryMs)
      this.#known = { at: now, free: this.#free(this.#folder) }
    return this.#known.free
  }

  /** Whether so many more bytes leave the reserve alone. */
  async has(bytes: number): Promise<boolean> {
    const free = await this.free()
    return free === undefined || free - bytes >= this.reserve
  }
}
