// Rows on their way into `messages` and `changes`: once under their number, and once per person under their cid.
import type { Param, Queryable } from '../../db.ts'
import { limits } from '../../protocol/limits.ts'

/** An entry as MySQL keeps it: the columns of one row, in the order of the names that it is inserted with. */
export type Row = Param[]

export const cidBytes = (cid: string): Buffer => Buffer.from(cid.replaceAll('-', ''), 'hex')

export const cidText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/**
 * Inserts rows under (room_id, seq) and (user_id, cid). A row whose number or cid MySQL has for another entry is refused
 * with 1048, a content error, so that it is set aside instead of vanishing.
 * Trap: INSERT IGNORE would truncate and drop instead.
 */
export async function insertOnce(
  tx: Queryable,
  table: 'messages' | 'changes',
  names: string,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return
  const isSame = ['room_id', 'seq', 'user_id', 'cid']
    .map((name) => `${table}.${name} = VALUES(${name})`)
    .join(' AND ')
  const sql = `INSERT INTO ${table} (${names}) VALUES ? ON DUPLICATE KEY UPDATE seq = IF(${isSame}, ${table}.seq, NULL)`
  for (const part of statements(rows)) await tx.run(sql, [part])
}

/** Parts that fit one statement; a row that is larger than that is a part of its own. */
function* statements(rows: readonly Row[]): Generator<Row[]> {
  const { rows: max, bytes: maxBytes } = limits.sync.statement
  let part: Row[] = []
  let bytes = 0
  for (const row of rows) {
    const size = row.reduce<number>(
      (sum, value) => sum + (typeof value === 'string' ? 3 * value.length : 20),
      64,
    )
    if (part.length === max || (part.length > 0 && bytes + size > maxBytes)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(row)
    bytes += size
  }
  if (part.length > 0) yield part
}
