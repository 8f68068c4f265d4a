// Files that an import brings: uploads of those who have sent them there, made whole and given to their message in one go. Under
// the same cids they are found again, so running an import twice doubles nothing. Quotas do not count: an administrator does it.
import type { Readable } from 'node:stream'
import { isRefusal } from '../answer.ts'
import type { Db } from '../db.ts'
import { errors, type Refusal } from '../protocol/errors.ts'
import type { FileRef } from '../protocol/files.ts'
import { StoreError } from '../stores/programs.ts'
import type { Claims } from './claims.ts'
import { cleanFileName } from './file-names.ts'
import { findUpload, type FileInfo, type FileRow } from './file-row.ts'
import { readStorageSettings } from './storage/settings.ts'
import type { Space } from './storage/space.ts'
import type { Finishing } from './uploads/finishing.ts'
import type { Parts } from './uploads/parts.ts'

export interface BringingDeps {
  db: Db
  parts: Parts
  finishing: Finishing
  claims: Claims
  space: Space
}

export interface Incoming {
  /** Of the upload: always the same for the same file of the same message. */
  cid: string
  name: string
  /** What the source says of it; see UploadFacts. */
  told?: FileInfo['told']
  alt?: string
  /** Its bytes, or why there are none. */
  bytes: (signal: AbortSignal) => Promise<Readable | string>
}

/** A message that files belong to. */
export interface Whose {
  user: string
  room: string
  cid: string
}

/** For each that was asked for, in the order: what its message says of it, or why it is not there. */
export type Brought = (FileRef | string)[]

export class Bringing {
  readonly #deps: BringingDeps

  constructor(deps: BringingDeps) {
    this.#deps = deps
  }

  /** @throws StoreError while files cannot be kept, or what says that the signal has ended it; what has come until then is found next time */
  async bring(whose: Whose, incoming: readonly Incoming[], signal: AbortSignal): Promise<Brought> {
    const rows: (FileRow | string)[] = []
    for (const one of incoming) rows.push(await this.#keep(whose.user, one, signal))
    const ids = rows.flatMap((row) => (typeof row === 'string' ? [] : String(row.id)))
    const claimed = ids.length === 0 ? [] : await this.#deps.claims.claim({ ...whose, files: ids })
    if (!Array.isArray(claimed)) {
      const why = isRefusal(claimed) ? wordsOf(claimed) : 'its message is here already'
      return rows.map((row) => (typeof row === 'string' ? row : why))
    }
    const refs = new Map(claimed.map((ref) => [ref.id, ref]))
    return rows.map((row) =>
      typeof row === 'string' ? row : (refs.get(String(row.id)) ?? 'it is not there'),
    )
  }

  /** Whole, or why not. */
  async #keep(user: string, incoming: Incoming, signal: AbortSignal): Promise<FileRow | string> {
    const { db, finishing } = this.#deps
    const known = await findUpload(db, user, incoming.cid)
    if (known !== undefined && known.whole_ms !== null) return known
    const bytes = await incoming.bytes(signal)
    if (typeof bytes === 'string') return bytes
    const id = known === undefined ? await this.#begin(user, incoming) : String(known.id)
    const why = await this.#receive(id, bytes, signal)
    const kept = why === undefined ? await finishing.finish(id) : why
    if (!isRefusal(kept)) return kept
    // The whole import waits rather than going on without the files of its messages.
    if (errors[kept.code].retry) throw new StoreError(`${wordsOf(kept)} Run it again then.`)
    await this.#giveUp(id)
    return wordsOf(kept)
  }

  async #begin(user: string, { cid, name, told, alt }: Incoming): Promise<string> {
    const { db } = this.#deps
    const info: FileInfo = { ...(told === undefined ? {} : { told }), ...(alt === undefined ? {} : { alt }) }
    // An earlier upload with this cid is released, and not removed yet.
    await db.run('DELETE FROM files WHERE user_id = ? AND cid = ?', [BigInt(user), cid])
    const { insertId } = await db.run(
      'INSERT INTO files (user_id, cid, name, size, info, created_ms) VALUES (?)',
      [[BigInt(user), cid, cleanFileName(name), 0, JSON.stringify(info), Date.now()]],
    )
    return insertId
  }

  /** Its size is known when all of it has come. */
  async #receive(id: string, bytes: Readable, signal: AbortSignal): Promise<Refusal | undefined> {
    const { db, parts, space } = this.#deps
    const { fileBytes } = await readStorageSettings(db)
    await parts.begin(id)
    await parts.cut(id, 0)
    const writer = await parts.writer(id, 0)
    let [size, refusal]: [number, Refusal | undefined] = [0, undefined]
    try {
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        signal.throwIfAborted()
        size += chunk.length
        if (size > fileBytes) refusal = { code: 'file_too_large' }
        else if (!(await space.has(chunk.length))) refusal = { code: 'disk_full' }
        if (refusal !== undefined) break
        await writer.write(chunk)
      }
    } finally {
      bytes.destroy()
      await writer.end()
    }
    if (refusal !== undefined) return refusal
    if (size === 0) return { code: 'empty_file' }
    await db.run('UPDATE files SET size = ? WHERE id = ?', [size, BigInt(id)])
    return undefined
  }

  async #giveUp(id: string): Promise<void> {
    const { db, parts } = this.#deps
    await db.run('DELETE FROM files WHERE id = ? AND room_id IS NULL', [BigInt(id)])
    await parts.remove(id)
  }
}

const wordsOf = ({ code }: Refusal): string => errors[code].words

/** Which of these uploads are in a message: their cids. */
export async function broughtBefore(
  db: Pick<Db, 'rows'>,
  user: string,
  cids: readonly string[],
): Promise<Set<string>> {
  if (cids.length === 0) return new Set()
  const rows = await db.rows<{ cid: string }>(
    'SELECT cid FROM files WHERE user_id = ? AND cid IN (?) AND room_id IS NOT NULL',
    [BigInt(user), [...cids]],
  )
  return new Set(rows.map(({ cid }) => cid))
}
