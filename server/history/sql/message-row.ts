// A row of `messages`: an entry on its way in, and a message on its way out. What each kind has in it, the kinds say.
import type { Queryable } from '../../db.ts'
import type { Entry } from '../../log/entry.ts'
import type { ChangeEvent, EntryEvent } from '../../protocol/entries/index.ts'
import type { Message, SpokenMessage } from '../../protocol/http.ts'
import type { Person } from '../../protocol/people.ts'
import { isSpoken } from '../../protocol/timeline.ts'
import { changeKinds, rowKinds } from '../entries/index.ts'
import { hidden } from '../hidden.ts'
import type { ChangeSql, MessageRow, RowSql, Said } from '../entries/kind.ts'
import { cidBytes, insertOnce, type Row } from './insert.ts'
import { LoadText } from './load-text.ts'
import { loadAll } from './load.ts'

const columns =
  'room_id, seq, kind, user_id, user_name, user_bot, user_icon, cid, text, mentions, reply_to, notice, log_ms, log_n, ' +
  'said_ms, edited_ms, updated_seq, thread, also_in_room, body'

/** Where a row has its cid: as text, for most rows go the way that takes it so. */
const cidColumn = columns.split(', ').indexOf('cid')

const byKind: ReadonlyMap<string, RowSql<EntryEvent>> = new Map<string, RowSql<EntryEvent>>(
  Object.entries(rowKinds),
)

/** The row that an entry becomes; undefined for one that changes a message, and of a kind this version does not know. */
function toRow({ id, room, seq, cid, event }: Entry): Row | undefined {
  const kind = byKind.get(event.type)
  if (kind === undefined || !('user' in event)) return undefined
  const { type, user, at } = event
  const content = kind.content(event)
  const saidAt = at === id.ms ? null : at
  const isBot = user.bot === true ? 1 : 0
  // prettier-ignore
  return [
    room, seq, type, user.id, user.name, isBot, user.icon ?? null, cid,
    content.text, content.mentions, content.reply_to, content.notice, id.ms, id.n, saidAt, content.edited_ms, seq,
    content.thread, content.also_in_room, content.body,
  ]
}

/** The rows that entries make, on their way into MySQL. */
export class MessageRows {
  readonly text = new LoadText(cidColumn)
  readonly #entries: () => Iterable<Entry>

  /** `entries` gives the ones that are added, each time it is asked. */
  constructor(entries: () => Iterable<Entry>) {
    this.#entries = entries
  }

  add(entry: Entry): void {
    const row = toRow(entry)
    if (row !== undefined) this.text.add(row)
  }

  /** As INSERT takes them. */
  values(): Row[] {
    const rows: Row[] = []
    for (const entry of this.#entries()) {
      const row = toRow(entry)
      if (row !== undefined) rows.push(row.with(cidColumn, cidBytes(String(row[cidColumn]))))
    }
    return rows
  }
}

/** A row that is there already stays as it is. Inside a transaction. */
export async function insertMessages(tx: Queryable, rows: MessageRows): Promise<void> {
  if (await loadAll(tx, 'messages', columns, rows.text)) return
  if (rows.text.rows > 0) await insertOnce(tx, 'messages', columns, rows.values())
}

const rest = `seq, kind, user_id, user_name, user_bot, user_icon, cid, reply_to, notice, log_ms, said_ms, deleted_ms,
  erased_seq, expired, thread, also_in_room, body`

export const selectMessages = `SELECT ${rest}, text, mentions, edited_ms, is_reacted, is_pinned, updated_seq, replies, replied_seq,
  replied_ms, repliers, state FROM messages`

/** ... as they were said first, before anything changed them. */
export const selectFirst = `SELECT ${rest}, COALESCE(first_text, text) AS text,
  IF(edited_seq IS NULL, mentions, first_mentions) AS mentions,
  IF(edited_seq IS NULL, edited_ms, NULL) AS edited_ms, 0 AS is_reacted, 0 AS is_pinned, seq AS updated_seq, 0 AS replies,
  NULL AS replied_seq, NULL AS replied_ms, NULL AS repliers, NULL AS state FROM messages`

/**
 * Rows as a person reads them, with what kinds of changes keep beside them: one more statement for each that any is marked
 * with. Rows of kinds that this version does not know show nothing.
 */
export async function toMessages(
  db: Queryable,
  room: string,
  rows: readonly MessageRow[],
): Promise<Message[]> {
  const found: Map<number, Partial<SpokenMessage>>[] = []
  for (const { beside } of Object.values<ChangeSql<ChangeEvent>>(changeKinds)) {
    if (beside === undefined) continue
    const marked = rows.filter((row) => row[beside.mark] === 1 && !isOver(row))
    if (marked.length > 0)
      found.push(
        await beside.read(
          db,
          room,
          marked.map(({ seq }) => seq),
        ),
      )
  }
  return rows.flatMap((row) => {
    const message = toMessage(row)
    if (message === undefined) return []
    for (const fields of found) Object.assign(message, fields.get(row.seq))
    return row.deleted_ms === null || isOver(row) || !isSpoken(message)
      ? [message]
      : [hidden(message, { by: row.erased_seq ?? 0, at: row.deleted_ms })]
  })
}

/** Deleted, and nothing of it is left; what is deleted with everything of its author may be restored. */
const isOver = ({ deleted_ms, erased_seq }: MessageRow): boolean => deleted_ms !== null && erased_seq === null

function toMessage(row: MessageRow): Message | undefined {
  const user: Person = { id: String(row.user_id), name: row.user_name }
  if (row.user_bot === 1) user.bot = true
  if (row.user_icon !== null) user.icon = row.user_icon
  const said: Said = { seq: row.seq, updatedSeq: row.updated_seq, user, at: row.said_ms ?? row.log_ms }
  return byKind.get(row.kind)?.read(said, row.erased_seq === null ? row : { ...row, deleted_ms: null })
}
