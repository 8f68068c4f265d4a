// Moves every file and preview from one place to the other while the server runs. What is left to do is in MySQL, as the place
// of each blob, and in the first place itself, so a run that was stopped is continued by the next one.
import { mkdir, rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../../db.ts'
import { blobKey, type BlobStore } from '../stores/blob-store.ts'
import { moveOne, type Moved, type MoveOneDeps } from './move-one.ts'

export interface MoveOptions {
  db: Db
  from: BlobStore
  to: BlobStore
  /** For what is on its way; emptied first. */
  scratch: string
  /** Bytes a second in all; undefined: as fast as it goes. */
  rate?: number | undefined
  signal: AbortSignal
  onProgress: (done: MoveCounts) => void
  /** A file that did not move, and why. */
  onUnmoved: (key: string, why: 'missing' | 'damaged') => void
}

export interface MoveCounts {
  files: number
  previews: number
  bytes: number
  /** Not moved: see onUnmoved. */
  missing: number
  damaged: number
}

/** Few enough that people notice nothing, enough to make up for a slow answer of S3. */
const atOnce = 4
const pageRows = 200

/** @throws BlobsAway, or what says that the signal has ended it; then the next run goes on from there */
export async function moveFiles(options: MoveOptions): Promise<MoveCounts> {
  const { scratch, rate, from, to, signal } = options
  await rm(scratch, { recursive: true, force: true })
  await mkdir(scratch, { recursive: true, mode: 0o700 })
  const counts: MoveCounts = { files: 0, previews: 0, bytes: 0, missing: 0, damaged: 0 }
  const deps = { from, to, scratch, signal, paced: pacing(rate, signal) }
  const move = new Move(options, deps, counts)
  try {
    await move.blobs()
    for (const prefix of ['previews/', 'cards/']) await move.made(prefix)
    await move.remains()
    return counts
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

class Move {
  readonly #options: MoveOptions
  readonly #deps: MoveOneDeps
  readonly #counts: MoveCounts

  constructor(options: MoveOptions, deps: MoveOneDeps, counts: MoveCounts) {
    this.#options = options
    this.#deps = deps
    this.#counts = counts
  }

  /** By hash, so that what is uploaded meanwhile to the first place is either met or left to the next run. */
  async blobs(): Promise<void> {
    const { db, from } = this.#options
    for (let after = ''; ;) {
      const rows = await db.rows<{ hash: string }>(
        'SELECT hash FROM blobs WHERE place = ? AND hash > ? ORDER BY hash LIMIT ?',
        [from.place, after, pageRows],
      )
      await inTurns(rows, ({ hash }) => this.#blob(hash))
      after = rows.at(-1)?.hash ?? ''
      if (rows.length < pageRows) return
    }
  }

  /** Previews, and pictures of link cards: made of other bytes, with names of their own. */
  async made(prefix: string): Promise<void> {
    await inTurns(this.#options.from.list(prefix), async ({ key }) => {
      const moved = await moveOne(this.#deps, key, { settle: async () => undefined })
      // Gone with its file in the meantime.
      if (moved.as !== 'missing') this.#note(key, moved, 'previews')
    })
  }

  /** What a run that was killed has copied and noted, but not removed. */
  async remains(): Promise<void> {
    const { db, from, to } = this.#options
    await inTurns(from.list('blobs/'), async ({ key, size }) => {
      const [row] = await db.rows<{ place: string }>('SELECT place FROM blobs WHERE hash = ?', [
        key.slice('blobs/'.length),
      ])
      if (row?.place === to.place && (await to.sizeOf(key)) === size) await from.remove(key)
    })
  }

  async #blob(hash: string): Promise<void> {
    const key = blobKey(hash)
    const moved = await moveOne(this.#deps, key, { hash, settle: () => this.#settle(hash) })
    if (moved.as === 'missing' && (await this.#isElsewhere(hash))) return
    this.#note(key, moved, 'files')
  }

  /**
   * Its row is locked by whoever keeps or removes the bytes, also one that is not there: so a file whose last message was
   * deleted meanwhile ends in neither place, and one that is uploaded again at that moment is kept.
   */
  async #settle(hash: string): Promise<void> {
    const { db, to } = this.#options
    await db.transaction(async (tx) => {
      const [row] = await tx.rows('SELECT hash FROM blobs WHERE hash = ? FOR UPDATE', [hash])
      if (row === undefined) await to.remove(blobKey(hash))
      else await tx.run('UPDATE blobs SET place = ? WHERE hash = ?', [to.place, hash])
    })
  }

  /** Somebody else has moved or removed it; or it is there, and its row says otherwise. */
  async #isElsewhere(hash: string): Promise<boolean> {
    const { db, from, to } = this.#options
    const [row] = await db.rows<{ place: string; size: number }>(
      'SELECT place, size FROM blobs WHERE hash = ?',
      [hash],
    )
    if (row?.place !== from.place) return true
    if ((await to.sizeOf(blobKey(hash))) !== Number(row.size)) return false
    await this.#settle(hash)
    return true
  }

  #note(key: string, moved: Moved, as: 'files' | 'previews'): void {
    const { onProgress, onUnmoved } = this.#options
    if (moved.as === 'moved') {
      this.#counts[as] += 1
      this.#counts.bytes += moved.bytes
    } else {
      this.#counts[moved.as] += 1
      onUnmoved(key, moved.as)
    }
    onProgress(this.#counts)
  }
}

/** A few at a time. The first failure ends it, once those that have begun are done. */
async function inTurns<T>(
  some: Iterable<T> | AsyncIterable<T>,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const going = new Set<Promise<void>>()
  const failures: unknown[] = []
  for await (const one of some) {
    const turn = work(one)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => going.delete(turn))
    going.add(turn)
    if (going.size >= atOnce) await Promise.race(going)
    if (failures.length > 0) break
  }
  await Promise.all(going)
  if (failures.length > 0) throw failures[0]
}

/** Waits so that no more than so many bytes go in a second. */
function pacing(rate: number | undefined, signal: AbortSignal): (bytes: number) => Promise<void> {
  if (rate === undefined) return async () => signal.throwIfAborted()
  let freeAt = performance.now()
  return async (bytes) => {
    freeAt = Math.max(freeAt, performance.now()) + (bytes / rate) * 1_000
    await pause(freeAt - performance.now(), undefined, { signal })
  }
}
