// Rows of `changes`: what changes a message keeps its own row under its own number, and changes the message it is about.
// The last entry stands, whichever came first, so writing them twice changes nothing. An entry of a kind that this version
// does not know is no change: it has no row, and is filed as nothing else.
import type { Queryable } from '../../db.ts'
import type { Entry, StreamId } from '../../log/entry.ts'
import { isChange, wordsAfter, type ChangeEvent } from '../../protocol/entries/index.ts'
import { changeKinds } from '../entries/index.ts'
import { purge } from '../entries/deleted.ts'
import type { ChangeSql } from '../entries/kind.ts'
import { foldChanges } from './fold-changes.ts'
import { cidBytes, insertOnce, type Row } from './insert.ts'

const columns = 'room_id, seq, kind, target, user_id, user_name, cid, text, emoji, is_on, body, log_ms, log_n'

const byType: ReadonlyMap<string, ChangeSql<ChangeEvent>> = new Map<string, ChangeSql<ChangeEvent>>(
  Object.entries(changeKinds),
)

function toRow({ id, cid }: Entry, event: ChangeEvent, sql: ChangeSql<ChangeEvent>): Row {
  const { room, seq, type, target, user } = event
  const { text = null, emoji = null, is_on: isOn = null, body = null } = sql.content(event)
  return [room, seq, type, target, user.id, user.name, cidBytes(cid), text, emoji, isOn, body, id.ms, id.n]
}

/**
 * Writes the changes among these entries, after the messages they are about. Answers where in the log words stand that
 * are deleted now.
 */
export async function writeChanges(tx: Queryable, entries: readonly Entry[]): Promise<StreamId[]> {
  const rows: Row[] = []
  const events = new Map<string, ChangeEvent[]>([...byType.keys()].map((type) => [type, []]))
  for (const entry of entries) {
    const { event } = entry
    const sql = byType.get(event.type)
    if (sql === undefined || !isChange(event)) continue
    rows.push(toRow(entry, event, sql))
    events.get(event.type)?.push(event)
  }
  if (rows.length === 0) return []
  await insertOnce(tx, 'changes', columns, rows)
  const folded = [...events].flatMap(([type, some]) => (byType.get(type)?.settle === undefined ? some : []))
  await foldChanges(tx, folded)
  for (const [type, some] of events) if (some.length > 0) await byType.get(type)?.settle?.(tx, some)
  const said = [...events.values()].flat().filter((event) => wordsAfter(event) !== 'kept')
  return purge(tx, [...said, ...folded])
}
