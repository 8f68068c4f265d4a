// Edits, deletions, reactions and pins on their way into MySQL: each keeps its own row, and changes the message it is about.
// The last entry stands, whichever came first, so writing them twice changes nothing. A deleted message keeps no text.
import type { Queryable } from '../../db.ts'
import type { Entry, StreamId } from '../../log/entry.ts'
import type {
  ChangeEvent,
  DeletedEvent,
  EditedEvent,
  PinnedEvent,
  ReactedEvent,
} from '../../protocol/events.ts'
import { isChange } from '../../protocol/timeline.ts'
import { keepPins } from '../pins.ts'
import { cidBytes, insertOnce, mentionsJson, type Row } from './messages.ts'
import { keepReactions } from './reactions.ts'

const columns = 'room_id, seq, kind, target, user_id, user_name, cid, text, emoji, is_on, log_ms, log_n'

function toRow({ id, cid }: Entry, event: ChangeEvent): Row {
  const { room, seq, type, target, user } = event
  return [
    ...[room, seq, type, target, user.id, user.name, cidBytes(cid)],
    event.type === 'edited' ? event.text : null,
    event.type === 'reacted' ? event.emoji : null,
    'on' in event ? (event.on ? 1 : 0) : null,
    ...[id.ms, id.n],
  ]
}

/**
 * Writes the changes among these entries, after the messages they are about. Answers where in the log words stand that
 * are deleted now.
 */
export async function writeChanges(tx: Queryable, entries: readonly Entry[]): Promise<StreamId[]> {
  const rows: Row[] = []
  const edited: EditedEvent[] = []
  const deleted: DeletedEvent[] = []
  const reacted: ReactedEvent[] = []
  const pinned: PinnedEvent[] = []
  for (const entry of entries) {
    const { event } = entry
    if (!isChange(event)) continue
    rows.push(toRow(entry, event))
    if (event.type === 'edited') edited.push(event)
    else if (event.type === 'deleted') deleted.push(event)
    else if (event.type === 'reacted') reacted.push(event)
    else pinned.push(event)
  }
  await insertOnce(tx, 'changes', columns, rows)
  await keepReactions(tx, reacted)
  await note(tx, 'is_reacted', reacted)
  await keepPins(tx, pinned)
  await note(tx, 'is_pinned', pinned)
  for (const event of edited) await edit(tx, event)
  for (const event of deleted) await empty(tx, event)
  return purge(tx, [...edited, ...deleted])
}

/** Marks the messages that these are about; the newest of each is what changed it last. */
async function note(
  tx: Queryable,
  mark: 'is_reacted' | 'is_pinned',
  events: readonly { room: string; target: number; seq: number }[],
): Promise<void> {
  if (events.length === 0) return
  const last = new Map(events.map(({ room, target, seq }) => [`${room} ${target}`, { room, target, seq }]))
  const rows = [...last.values()]
  const marks = rows.map(() => 'SELECT ? AS room_id, ? AS target, ? AS seq').join(' UNION ALL ')
  await tx.run(
    `UPDATE (${marks}) AS marks
     STRAIGHT_JOIN messages m ON m.room_id = marks.room_id AND m.seq = marks.target AND m.kind = 'message'
     SET m.${mark} = 1, m.updated_seq = GREATEST(m.updated_seq, marks.seq)`,
    rows.flatMap(({ room, target, seq }) => [BigInt(room), target, seq]),
  )
}

/** Trap: MySQL sets these one after the other, so what asks for the state before comes first. */
async function edit(tx: Queryable, { room, target, seq, text, mentions, at }: EditedEvent): Promise<void> {
  const isNewest = 'deleted_ms IS NULL AND COALESCE(edited_seq, 0) < ?'
  await tx.run(
    `UPDATE messages SET first_text = IF(${isNewest}, COALESCE(first_text, text), first_text),
       text = IF(${isNewest}, ?, text), mentions = IF(${isNewest}, ?, mentions), edited_ms = IF(${isNewest}, ?, edited_ms),
       edited_seq = GREATEST(COALESCE(edited_seq, 0), ?), updated_seq = GREATEST(updated_seq, ?)
     WHERE room_id = ? AND seq = ? AND kind = 'message'`,
    [seq, ...[seq, text], ...[seq, mentionsJson(mentions)], ...[seq, at], seq, seq, room, target],
  )
}

async function empty(tx: Queryable, { room, target, seq, at }: DeletedEvent): Promise<void> {
  await tx.run(
    `UPDATE messages SET text = NULL, mentions = NULL, first_text = NULL, edited_ms = NULL,
       deleted_ms = LEAST(COALESCE(deleted_ms, ?), ?), updated_seq = GREATEST(updated_seq, ?)
     WHERE room_id = ? AND seq = ? AND kind = 'message'`,
    [at, at, seq, room, target],
  )
  for (const table of ['reactions', 'pins'])
    await tx.run(`DELETE FROM ${table} WHERE room_id = ? AND target = ?`, [room, target])
}

/** Of these messages those that are deleted lose the text of their edits, also of one that came after the deletion. */
async function purge(
  tx: Queryable,
  events: readonly { room: string; target: number }[],
): Promise<StreamId[]> {
  const found: StreamId[] = []
  const touched = new Map(events.map(({ room, target }) => [`${room} ${target}`, { room, target }]))
  for (const { room, target } of touched.values()) {
    const said = await tx.rows<StreamId>(
      `SELECT log_ms AS ms, log_n AS n FROM messages WHERE room_id = ? AND seq = ? AND deleted_ms IS NOT NULL`,
      [room, target],
    )
    if (said.length === 0) continue
    const which = `room_id = ? AND target = ? AND kind = 'edited'`
    const edits = await tx.rows<StreamId>(`SELECT log_ms AS ms, log_n AS n FROM changes WHERE ${which}`, [
      ...[room, target],
    ])
    if (edits.length > 0) await tx.run(`UPDATE changes SET text = NULL WHERE ${which}`, [room, target])
    found.push(...said, ...edits)
  }
  return found
}
