// Files in lists: of a room, and one's own. Only what messages hold that are in the archive, and that are not deleted.
import type { Db, Param } from '../db.ts'
import { fileLimits } from '../protocol/file-limits.ts'
import type { FileKind, FilesAnswer, ListedFile } from '../protocol/files.ts'
import { refOf, type FileRow } from './file-row.ts'

export interface Filters {
  kind?: FileKind
  before?: string
  from?: number
  to?: number
  limit?: number
}

type Row = FileRow & { room_id: number; seq: number; thread: number | null; user_name: string }

export class FileLists {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** Of a room that its reader may read. */
  room(room: string, { by, ...filters }: Filters & { by?: string }): Promise<FilesAnswer> {
    const where = by === undefined ? 'f.room_id = ?' : 'f.room_id = ? AND f.user_id = ?'
    return this.#page(where, by === undefined ? [BigInt(room)] : [BigInt(room), BigInt(by)], filters)
  }

  /** What somebody has sent, in the rooms where they still are. */
  own(user: string, filters: Filters): Promise<FilesAnswer> {
    const where = 'f.user_id = ? AND f.room_id IN (SELECT room_id FROM memberships WHERE user_id = ?)'
    return this.#page(where, [BigInt(user), BigInt(user)], filters)
  }

  async #page(
    where: string,
    params: Param[],
    { kind, before, from, to, limit = fileLimits.page.default }: Filters,
  ): Promise<FilesAnswer> {
    const conditions = [where]
    const values = [...params]
    const and = (condition: string, value: Param | undefined): void => {
      if (value === undefined) return
      conditions.push(condition)
      values.push(value)
    }
    and('f.kind = ?', kind)
    and('f.id < ?', before === undefined ? undefined : BigInt(before))
    and('f.created_ms >= ?', from)
    and('f.created_ms < ?', to)
    const rows = await this.#db.rows<Row>(
      `SELECT f.id, f.user_id, f.cid, f.name, f.type, f.kind, f.size, f.hash, f.whole_ms, f.info, f.room_id, f.message_cid,
         f.seq, f.created_ms, IF(m.also_in_room = 1, NULL, m.thread) AS thread, u.name AS user_name
       FROM files f JOIN messages m ON m.room_id = f.room_id AND m.seq = f.seq AND m.deleted_ms IS NULL
         JOIN users u ON u.id = f.user_id
       WHERE ${conditions.join(' AND ')} AND f.released_ms IS NULL ORDER BY f.id DESC LIMIT ?`,
      [...values, limit + 1],
    )
    const files = rows.slice(0, limit)
    const last = files.at(-1)
    return {
      files: files.map(listed),
      next: rows.length > limit && last !== undefined ? String(last.id) : null,
    }
  }
}

const listed = (row: Row): ListedFile => ({
  ...refOf(row),
  room: String(row.room_id),
  seq: Number(row.seq),
  ...(row.thread === null ? {} : { thread: Number(row.thread) }),
  user: { id: String(row.user_id), name: row.user_name },
  at: Number(row.created_ms),
})
