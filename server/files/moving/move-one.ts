// One file from one place to the other: copied, read back and compared, and only then removed where it was. Whoever reads it
// meanwhile has it from either.
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NoSuchBlob, type BlobStore } from '../stores/blob-store.ts'

export interface MoveOneDeps {
  from: BlobStore
  to: BlobStore
  /** A folder for what is on its way. */
  scratch: string
  signal: AbortSignal
  /** Waits until so many more bytes may go. */
  paced: (bytes: number) => Promise<void>
}

/** What has become of it. `missing`: it was not there. `damaged`: its bytes are not what they should be; it stays. */
export type Moved = { as: 'moved'; bytes: number } | { as: 'missing' } | { as: 'damaged' }

/**
 * `hash`: what its bytes must have; undefined: they must be the same in both places. `settle` is called when the copy is known
 * to be right, before the first is removed.
 * @throws BlobsAway, or what says that the signal has ended it
 */
export async function moveOne(
  deps: MoveOneDeps,
  key: string,
  { hash, settle }: { hash?: string; settle: () => Promise<void> },
): Promise<Moved> {
  const half = path.join(deps.scratch, randomUUID())
  try {
    // Something else, or half of it, may be there under this name: that is removed, and it is put there again.
    for (let tries = 2; tries > 0; tries -= 1) {
      const read = await copyOut(deps, key, half)
      if (read === undefined) return { as: 'missing' }
      if (hash !== undefined && read.hash !== hash) return { as: 'damaged' }
      await deps.to.put(key, half)
      const kept = await hashIn(await deps.to.read(key), deps.signal)
      if (kept.hash === read.hash) {
        await settle()
        await deps.from.remove(key)
        return { as: 'moved', bytes: read.bytes }
      }
      await deps.to.remove(key)
    }
    return { as: 'damaged' }
  } finally {
    await rm(half, { force: true })
  }
}

interface Hashed {
  hash: string
  bytes: number
}

async function copyOut(
  { from, signal, paced }: MoveOneDeps,
  key: string,
  half: string,
): Promise<Hashed | undefined> {
  const bytes = await from.read(key).catch((error: unknown) => {
    if (error instanceof NoSuchBlob) return undefined
    throw error
  })
  if (bytes === undefined) return undefined
  const sum = hashing(paced)
  await pipeline(bytes, sum.pass, createWriteStream(half, { flush: true }), { signal })
  return sum.done()
}

async function hashIn(bytes: Readable, signal: AbortSignal): Promise<Hashed> {
  const sum = hashing()
  await pipeline(
    bytes,
    sum.pass,
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const _ of chunks);
    },
    { signal },
  )
  return sum.done()
}

function hashing(paced: (bytes: number) => Promise<void> = async () => undefined) {
  const sum = createHash('sha256')
  let bytes = 0
  return {
    pass: async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        await paced(chunk.length)
        sum.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    done: (): Hashed => ({ hash: sum.digest('hex'), bytes }),
  }
}
