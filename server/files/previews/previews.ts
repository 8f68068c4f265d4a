// Smaller pictures of what people have uploaded, each made once, when somebody first sees it, and kept beside the original. Callers
// have checked that this person may see it.
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { isRefusal } from '../../answer.ts'
import { SingleFlight, type FlightWatch } from '../../channel/single-flight.ts'
import type { Pictures } from '../../pictures/pictures.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { pictureLimits } from '../../protocol/picture-limits.ts'
import type { Cache } from '../../redis/cache.ts'
import { refusalOf } from '../inspection/inspect.ts'
import { blobKey, previewKey, type BlobStore } from '../stores/blob-store.ts'
import { widthFor } from './widths.ts'

export interface PreviewsDeps {
  store: BlobStore
  pictures: Pictures
  cache: Pick<Cache, 'count' | 'uncount'>
  /** For previews that are being made; on the disk where they are kept, if they are on one. */
  folder: string
  flights: FlightWatch
  onError: (error: unknown, where: string) => void
}

/** `width`: of the original, as it is shown. */
export interface Pictured {
  hash: string
  width: number
}
export interface Preview {
  body: Readable | Buffer
  size: number
}

const { otherMakesMs, lookEveryMs, rememberedFailures } = pictureLimits.previews

export class Previews {
  readonly #deps: PreviewsDeps
  readonly #making: SingleFlight
  /** Keys of previews that cannot be made: this process does not try again. */
  readonly #failed = new Set<string>()

  constructor(deps: PreviewsDeps) {
    this.#deps = deps
    this.#making = new SingleFlight('previews', deps.flights)
  }

  /**
   * WebP, of the width that is next to the one asked for. `person`: whose turn it takes to make it.
   * @throws NoSuchBlob if the picture itself is gone; the signal's reason
   */
  async read(
    person: string,
    { hash, width }: Pictured,
    asked: number,
    signal?: AbortSignal,
  ): Promise<Preview | Refusal> {
    const chosen = widthFor(asked, width)
    const key = previewKey(hash, chosen)
    const size = await this.#deps.store.sizeOf(key)
    if (size !== undefined) return { body: await this.#deps.store.read(key), size }
    if (this.#failed.has(key)) return refusalOf('unreadable')
    const made = await this.#making.read<Buffer | Refusal>(
      key,
      (flight) => this.#make(person, { hash, width: chosen, key }, flight.signal),
      { signal },
    )
    return isRefusal(made) ? made : { body: made, size: made.length }
  }

  async #make(
    person: string,
    { hash, width, key }: { hash: string; width: number; key: string },
    signal: AbortSignal,
  ): Promise<Buffer | Refusal> {
    const { store, pictures, cache } = this.#deps
    const counter = `making:${key}`
    const first = await cache.count(counter, otherMakesMs)
    if (first !== undefined && first.count > 1 && (await this.#isMadeElsewhere(key, signal)))
      return bytesOf(await store.read(key))
    try {
      const made = await this.#withPicture(hash, (source) =>
        pictures.make(
          person,
          { source, width, height: width * pictureLimits.heightTimes, fit: 'inside' },
          signal,
        ),
      )
      if ('failure' in made) return this.#note(key, refusalOf(made.failure))
      const bytes = Buffer.from(made.done.bytes)
      await this.#keep(key, hash, bytes)
      return bytes
    } finally {
      await cache.uncount(counter)
    }
  }

  /** Waits for another process that makes it. False: that takes too long, and making it twice does no harm. */
  async #isMadeElsewhere(key: string, signal: AbortSignal): Promise<boolean> {
    const until = performance.now() + otherMakesMs
    while (performance.now() < until) {
      await pause(lookEveryMs, undefined, { signal })
      if ((await this.#deps.store.sizeOf(key)) !== undefined) return true
    }
    return false
  }

  #note(key: string, refusal: Refusal): Refusal {
    if (refusal.code === 'overloaded') return refusal
    if (this.#failed.size >= rememberedFailures) this.#failed.clear()
    this.#failed.add(key)
    return refusal
  }

  /** The picture as a file on this machine, which is fetched for this moment if it is kept elsewhere. */
  async #withPicture<T>(hash: string, use: (path: string) => Promise<T>): Promise<T> {
    const { store } = this.#deps
    const kept = await store.localPath?.(blobKey(hash))
    if (kept !== undefined) return use(kept)
    const fetched = await this.#newFile()
    try {
      await pipeline(await store.read(blobKey(hash)), createWriteStream(fetched, { mode: 0o600 }))
      return await use(fetched)
    } finally {
      await rm(fetched, { force: true })
    }
  }

  /**
   * If that fails, it is made again for the next one who asks. Invariant: whoever removes a picture removes its bytes first and its
   * previews after that, so one of the two of us removes this one.
   */
  async #keep(key: string, hash: string, bytes: Buffer): Promise<void> {
    const file = await this.#newFile()
    try {
      await writeFile(file, bytes, { mode: 0o600 })
      const { store } = this.#deps
      await store.put(key, file)
      if ((await store.sizeOf(blobKey(hash))) === undefined) await store.remove(key)
    } catch (error) {
      this.#deps.onError(error, 'keeping a preview')
      await rm(file, { force: true })
    }
  }

  async #newFile(): Promise<string> {
    await mkdir(this.#deps.folder, { recursive: true, mode: 0o700 })
    return path.join(this.#deps.folder, randomUUID())
  }
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
