// An upload that has all of its bytes becomes a file: hashed, looked at, kept. Each step can be the last one of a server that is
// killed, and whoever asks next goes on from there.
// 1. The bytes are all there: their hash, and what they are.
// 2. One transaction announces the blob and says all of it in the file's row: nobody removes the bytes from now on.
// 3. The bytes move to where they are kept.
// 4. The row says that the file is whole.
import { isRefusal } from '../../answer.ts'
import type { Db } from '../../db.ts'
import { errors, type Refusal } from '../../protocol/errors.ts'
import type { FileRef } from '../../protocol/files.ts'
import { voiceLimits } from '../../protocol/voice-limits.ts'
import { isRedisLost } from '../../redis/client.ts'
import type { Blobs } from '../blobs.ts'
import { findFile, infoOf, type FileInfo, type FileRow } from '../file-row.ts'
import type { Inspect, Inspection } from '../inspection/inspect.ts'
import { unlessBlobsAway } from '../stores/blobs-away.ts'
import { blobKey } from '../stores/blob-store.ts'
import type { Hashes } from './hashes.ts'
import type { UploadLocks } from './locks.ts'
import type { Parts } from './parts.ts'

export interface FinishingDeps {
  db: Db
  blobs: Blobs
  parts: Parts
  hashes: Hashes
  locks: UploadLocks
  inspect: Inspect
}

type Outcome = FileRow | Refusal

export class Finishing {
  readonly #deps: FinishingDeps
  readonly #running = new Map<string, Promise<Outcome>>()

  constructor(deps: FinishingDeps) {
    this.#deps = deps
  }

  /**
   * The whole file; `file_unfinished` while bytes are missing; `files_away` while they cannot be kept, and nothing is lost; another
   * refusal ends the upload.
   */
  finish(id: string): Promise<Outcome> {
    const running = this.#running.get(id) ?? this.#locked(id)
    if (!this.#running.has(id)) {
      this.#running.set(id, running)
      const over = (): void => void this.#running.delete(id)
      running.then(over, over)
    }
    return running
  }

  async #locked(id: string): Promise<Outcome> {
    try {
      const outcome = await this.#deps.locks.with(id, () => unlessBlobsAway(() => this.#finish(id)))
      return outcome === 'locked' ? { code: 'file_unfinished', retryAfterMs: 1_000 } : outcome
    } catch (error) {
      // Nobody knows who else writes it.
      if (isRedisLost(error)) return { code: 'files_away', retryAfterMs: 5_000 }
      throw error
    }
  }

  async #finish(id: string): Promise<Outcome> {
    const { db, blobs, parts } = this.#deps
    const row = await findFile(db, id)
    if (row === undefined) return { code: 'file_gone' }
    if (row.whole_ms !== null) return row
    if ((await parts.sizeOf(id)) === Number(row.size)) {
      const refusal = await this.#keep(row)
      if (refusal !== undefined) return refusal
    } else if (row.hash === null || (await blobs.store.sizeOf(blobKey(row.hash))) !== Number(row.size))
      return { code: 'file_unfinished', retryAfterMs: 1_000 }
    await db.run('UPDATE files SET whole_ms = COALESCE(whole_ms, ?) WHERE id = ?', [Date.now(), BigInt(id)])
    return (await findFile(db, id)) ?? { code: 'file_gone' }
  }

  async #keep(row: FileRow): Promise<Refusal | undefined> {
    const { db, blobs, parts, hashes } = this.#deps
    const id = String(row.id)
    const path = parts.pathOf(id)
    const size = Number(row.size)
    const hash = await hashes.of(id, path, size)
    const { sha256 } = infoOf(row)
    if (sha256 !== undefined && sha256 !== hash) {
      // The same upload can be sent again, from its beginning.
      await parts.cut(id, 0)
      return { code: 'wrong_bytes' }
    }
    const found = await this.#deps.inspect({ path, size, name: row.name, person: String(row.user_id) })
    if (isRefusal(found) && errors[found.code].retry) return found
    if (isRefusal(found)) {
      await db.run('DELETE FROM files WHERE id = ? AND room_id IS NULL', [BigInt(id)])
      await parts.remove(id)
      return found
    }
    const { type, kind, info } = described(found, infoOf(row))
    await db.transaction(async (tx) => {
      await blobs.announce(tx, { hash, size, patches: found.patches })
      const [now] = await tx.rows<{ info: string }>('SELECT info FROM files WHERE id = ? FOR UPDATE', [
        BigInt(id),
      ])
      // Its description may have been written meanwhile.
      const { alt } = now === undefined ? {} : infoOf(now)
      const kept = alt === undefined ? info : { ...info, alt }
      await tx.run('UPDATE files SET hash = ?, type = ?, kind = ?, info = ? WHERE id = ?', [
        hash,
        type,
        kind,
        JSON.stringify(kept),
        BigInt(id),
      ])
    })
    await blobs.store.put(blobKey(hash), path)
    await parts.remove(id)
    return undefined
  }
}

/** What the bytes are, and what is believed of what their sender said: only of a sound or a film. */
function described(
  { type, kind, patches: _patches, ...found }: Inspection,
  { told = {} }: FileInfo,
): { type: string; kind: FileRef['kind']; info: FileInfo } {
  const { durationMs, waveform, width, height } = told
  const voice = told.voice === true && durationMs !== undefined && durationMs <= voiceLimits.toldMs
  if (kind === 'audio') {
    const length = durationMs === undefined ? {} : { durationMs }
    const heights = waveform === undefined ? {} : { waveform }
    return { type, kind: voice ? 'voice' : kind, info: { ...found, ...length, ...heights } }
  }
  if (kind !== 'video') return { type, kind, info: found }
  // A recording without a picture is often a film by its container.
  if (voice && width === undefined) {
    const length = durationMs === undefined ? {} : { durationMs }
    return {
      type: type.replace(/^video\//, 'audio/'),
      kind: 'voice',
      info: { ...length, ...(waveform === undefined ? {} : { waveform }) },
    }
  }
  const size = width === undefined || height === undefined ? {} : { width, height }
  return { type, kind, info: { ...size, ...found, ...(durationMs === undefined ? {} : { durationMs }) } }
}
