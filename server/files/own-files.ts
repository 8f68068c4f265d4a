// One's own uploads: how far they are, and changing their name and description before they are sent.
import type { Db } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { FileAnswer, FileChange } from '../protocol/files.ts'
import { cleanFileName } from './file-names.ts'
import { findFile, infoOf, stateOf, type FileRow } from './file-row.ts'
import type { Readers } from './readers.ts'

export interface OwnFilesDeps {
  db: Db
  readers: Readers
  offsetOf: (row: FileRow) => Promise<number>
}

export class OwnFiles {
  readonly #deps: OwnFilesDeps

  constructor(deps: OwnFilesDeps) {
    this.#deps = deps
  }

  /** For its owner, and for whoever may read its message. */
  async state(userId: string, id: string): Promise<FileAnswer | Refusal> {
    const row = await this.#deps.readers.find(userId, id)
    return row === undefined ? { code: 'not_found' } : this.#answer(row)
  }

  /** A name is cleaned as that of an upload; an empty description is none. */
  async change(userId: string, id: string, { name, alt }: FileChange): Promise<FileAnswer | Refusal> {
    const { db } = this.#deps
    const changed = await db.transaction(async (tx): Promise<Refusal | undefined> => {
      await tx.rows('SELECT id FROM files WHERE id = ? FOR UPDATE', [BigInt(id)])
      const row = await findFile(tx, id)
      if (row === undefined || String(row.user_id) !== userId) return { code: 'not_found' }
      if (row.room_id !== null) return { code: 'file_taken' }
      const { alt: before, ...info } = infoOf(row)
      const words = alt === undefined ? before : cleanAlt(alt)
      await tx.run('UPDATE files SET name = ?, info = ? WHERE id = ?', [
        name === undefined ? row.name : cleanFileName(name),
        JSON.stringify(words === undefined ? info : { ...info, alt: words }),
        BigInt(id),
      ])
      return undefined
    })
    if (changed !== undefined) return changed
    const row = await findFile(db, id)
    return row === undefined ? { code: 'not_found' } : this.#answer(row)
  }

  async #answer(row: FileRow): Promise<FileAnswer> {
    return { file: stateOf(row, await this.#deps.offsetOf(row)) }
  }
}

function cleanAlt(raw: string): string | undefined {
  const text = raw
    .normalize('NFC')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/[\0-\x08\x0B-\x1F\x7F]/g, '')
    .trim()
  return text === '' ? undefined : text
}
