// A row of `files`, and what people read of it.
import type { Queryable } from '../db.ts'
import type { FileKind, FileRef, FileState, UploadFacts } from '../protocol/files.ts'

/** What the inspection found, with what its sender has said of it. */
export type FileInfo = Partial<Omit<FileRef, 'id' | 'name' | 'type' | 'size' | 'kind'>> & {
  /** What the sender says of a sound or a film; believed once the bytes are one. Gone when the file is whole. */
  told?: Omit<UploadFacts, 'cid'>
  /** The SHA-256 that the sender says its bytes have. */
  sha256?: string
}

export interface FileRow {
  id: number
  user_id: number
  cid: string
  name: string
  type: string
  kind: FileKind
  size: number
  hash: string | null
  whole_ms: number | null
  info: string
  room_id: number | null
  message_cid: string | null
  seq: number | null
  created_ms: number
}

const selectFiles = `SELECT id, user_id, cid, name, type, kind, size, hash, whole_ms, info, room_id, message_cid, seq, created_ms
  FROM files`

export async function findFile(db: Queryable, id: string): Promise<FileRow | undefined> {
  const [row] = await db.rows<FileRow>(`${selectFiles} WHERE id = ? AND released_ms IS NULL`, [BigInt(id)])
  return row
}

/** In the order of the ids; with `lock`, nobody else changes them until the end of the transaction. */
export async function findFiles(
  db: Queryable,
  ids: readonly string[],
  lock: 'lock' | 'free' = 'free',
): Promise<(FileRow | undefined)[]> {
  const rows = await db.rows<FileRow>(
    `${selectFiles} WHERE id IN (?) AND released_ms IS NULL ORDER BY id${lock === 'lock' ? ' FOR UPDATE' : ''}`,
    [ids.map(BigInt)],
  )
  const byId = new Map(rows.map((row) => [String(row.id), row]))
  return ids.map((id) => byId.get(id))
}

export async function findUpload(db: Queryable, user: string, cid: string): Promise<FileRow | undefined> {
  const [row] = await db.rows<FileRow>(
    `${selectFiles} WHERE user_id = ? AND cid = ? AND released_ms IS NULL`,
    [BigInt(user), cid],
  )
  return row
}

export const infoOf = ({ info }: Pick<FileRow, 'info'>): FileInfo => JSON.parse(info) as FileInfo

/** As a message says it. */
export function refOf(row: FileRow): FileRef {
  const { told: _told, sha256: _hash, ...info } = infoOf(row)
  const { id, name, type, kind, size } = row
  return { id: String(id), name, type: type || 'application/octet-stream', size: Number(size), kind, ...info }
}

export const stateOf = (row: FileRow, offset: number): FileState => ({
  ...refOf(row),
  offset,
  whole: row.whole_ms !== null,
  ...(row.room_id === null ? {} : { room: String(row.room_id) }),
  ...(row.seq === null ? {} : { seq: Number(row.seq) }),
  at: Number(row.created_ms),
})
