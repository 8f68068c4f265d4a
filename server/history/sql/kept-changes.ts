// What changed messages, read back out of `changes` as the events they were.
import type { Queryable } from '../../db.ts'
import type { ChangeEvent } from '../../protocol/entries/index.ts'
import { changeKinds } from '../entries/index.ts'
import type { ChangeContent, ChangeSql } from '../entries/kind.ts'
import type { Person } from '../../protocol/people.ts'
import { cidText } from './insert.ts'

const byType: ReadonlyMap<string, ChangeSql<ChangeEvent>> = new Map<string, ChangeSql<ChangeEvent>>(
  Object.entries(changeKinds),
)

interface ChangeRow extends ChangeContent {
  seq: number
  kind: string
  target: number
  user_id: number | string
  user_name: string
  is_bot: number | null
  cid: Buffer
  log_ms: number
}

const select = `SELECT c.seq, c.kind, c.target, c.user_id, c.user_name, u.is_bot, c.cid, c.text, c.emoji, c.is_on, c.body, c.log_ms
  FROM changes c LEFT JOIN users u ON u.id = c.user_id`

/**
 * What changed these messages up to a number (inclusive), oldest first. A row of a kind that this version does not know is
 * none.
 */
export async function changesOf(
  db: Queryable,
  room: string,
  targets: readonly number[],
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<ChangeEvent[]> {
  if (targets.length === 0) return []
  const sql = `${select} WHERE c.room_id = ? AND c.target IN (?) AND c.seq <= ? ORDER BY c.seq`
  return eventsOf(room, await db.rows<ChangeRow>(sql, [BigInt(room), [...targets], upTo]))
}

/** The changes with these numbers, in no order. */
export async function changesAt(
  db: Queryable,
  room: string,
  seqs: readonly number[],
): Promise<ChangeEvent[]> {
  if (seqs.length === 0) return []
  const sql = `${select} WHERE c.room_id = ? AND c.seq IN (?)`
  return eventsOf(room, await db.rows<ChangeRow>(sql, [BigInt(room), [...seqs]]))
}

const eventsOf = (room: string, rows: readonly ChangeRow[]): ChangeEvent[] =>
  rows.flatMap((row) => {
    const { seq, target, log_ms: at } = row
    const user: Person = { id: String(row.user_id), name: row.user_name }
    if (row.is_bot === 1) user.bot = true
    return byType.get(row.kind)?.read({ room, seq, target, cid: cidText(row.cid), user, at }, row) ?? []
  })
