// Changes of kinds without columns: what they fold to is kept as JSON in the row of the message they are about, so that a
// page reads no more for a message that was changed a thousand times. Any moment is folded anew from `changes`.
import type { Queryable } from '../../db.ts'
import { foldChange, stateFields, type ChangeEvent } from '../../protocol/entries/index.ts'
import type { SpokenMessage } from '../../protocol/http.ts'
import { placeKey } from '../../protocol/place-key.ts'
import { isSpoken } from '../../protocol/timeline.ts'
import { changeKinds } from '../entries/index.ts'
import type { MessageRow } from '../entries/kind.ts'
import type { FoldedState } from '../entries/spoken.ts'
import { changesOf } from './kept-changes.ts'
import { selectMessages, toMessages } from './message-row.ts'

/** After the rows of messages and of changes are written. Twice, or late and in another order, is as once and in order. */
export async function foldChanges(tx: Queryable, events: readonly ChangeEvent[]): Promise<void> {
  const about = new Map<string, ChangeEvent[]>()
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    const key = placeKey(event.room, event.target)
    const some = about.get(key) ?? []
    some.push(event)
    about.set(key, some)
  }
  for (const some of about.values()) await foldInto(tx, some)
}

async function foldInto(tx: Queryable, events: readonly ChangeEvent[]): Promise<void> {
  const [first] = events
  const last = events.at(-1)
  if (first === undefined || last === undefined) return
  const { room, target } = first
  const [row] = await tx.rows<MessageRow>(`${selectMessages} WHERE room_id = ? AND seq = ? FOR UPDATE`, [
    BigInt(room),
    target,
  ])
  if (row === undefined) return
  // Whatever comes after the end of a message changes nothing of it, but it was changed last by that.
  if (row.deleted_ms !== null && row.erased_seq === null)
    return write(tx, first, { state: null, upTo: last.seq })
  const known = row.state === null ? undefined : (JSON.parse(row.state) as FoldedState)
  // A batch that comes again, or a dead letter that comes late: all that MySQL has is folded anew.
  const isLate = events.some(({ seq }) => seq <= (known?.seq ?? 0))
  const all = isLate ? (await changesOf(tx, room, [target])).filter(isFolded) : events
  const state = await foldedState(tx, room, { ...row, ...(isLate ? { state: null } : {}) }, all)
  if (state === undefined) return
  const seq = Math.max(last.seq, known?.seq ?? 0)
  return write(tx, first, { state: JSON.stringify({ ...state, seq } satisfies FoldedState), upTo: seq })
}

/** What these changes, at least one and all of kinds without columns, fold to upon what the row says; undefined: it is no message. */
export async function foldedState(
  db: Queryable,
  room: string,
  row: MessageRow,
  changes: readonly ChangeEvent[],
): Promise<FoldedState | undefined> {
  const base = { ...row, deleted_ms: null, erased_seq: null, is_reacted: 0, is_pinned: 0 }
  const [message] = await toMessages(db, room, [base])
  if (message === undefined || !isSpoken(message)) return undefined
  const after: Partial<SpokenMessage> = changes.reduce(foldChange, message)
  const fields = Object.fromEntries(Object.entries(after).filter(([name]) => stateFields.includes(name)))
  return { seq: changes.at(-1)?.seq ?? 0, fields }
}

async function write(
  tx: Queryable,
  { room, target }: ChangeEvent,
  { state, upTo }: { state: string | null; upTo: number },
): Promise<void> {
  await tx.run(
    'UPDATE messages SET state = ?, updated_seq = GREATEST(updated_seq, ?) WHERE room_id = ? AND seq = ?',
    [state, upTo, BigInt(room), target],
  )
}

/** Of a kind without columns. */
export const isFolded = ({ type }: Pick<ChangeEvent, 'type'>): boolean =>
  changeKinds[type].settle === undefined
