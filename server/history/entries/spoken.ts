// What somebody says, of any kind: what SQL asks for has a column, and whatever else the body has is JSON in one.
import type { SpokenEvent } from '../../protocol/entries/index.ts'
import type { Mention } from '../../protocol/message.ts'
import type { SpokenMessage } from '../../protocol/http.ts'
import { cidText } from '../sql/insert.ts'
import { threadOf } from '../sql/thread-row.ts'
import type { Content, RowSql } from './kind.ts'

export const mentionsJson = (mentions: readonly Mention[] | undefined): string | null =>
  mentions === undefined || mentions.length === 0 ? null : JSON.stringify(mentions)

/** What has a column, in `content` or in every row. */
const hasColumn: ReadonlySet<string> = new Set([
  'type',
  'room',
  'seq',
  'cid',
  'user',
  'at',
  'text',
  'mentions',
  'replyTo',
  'editedAt',
  'thread',
  'alsoInRoom',
])

/** The fields that have no column; null when there are none. Every message of a sync comes through here. */
export function jsonOfRest(event: object, has: ReadonlySet<string>): string | null {
  let rest: Record<string, unknown> | undefined
  for (const name of Object.keys(event))
    if (!has.has(name)) (rest ??= {})[name] = (event as Record<string, unknown>)[name]
  return rest === undefined ? null : JSON.stringify(rest)
}

export const spoken: RowSql<SpokenEvent> = {
  content: (event): Content => ({
    text: event.text,
    mentions: mentionsJson(event.mentions),
    reply_to: event.replyTo ?? null,
    notice: null,
    edited_ms: event.editedAt ?? null,
    thread: event.thread ?? null,
    also_in_room: event.alsoInRoom === true ? 1 : 0,
    body: jsonOfRest(event, hasColumn),
  }),
  read(said, row): SpokenMessage {
    const message: SpokenMessage = {
      ...said,
      kind: row.kind as SpokenMessage['kind'],
      cid: cidText(row.cid),
      text: row.text ?? '',
      replyTo: row.reply_to,
      editedAt: row.edited_ms,
      deletedAt: row.deleted_ms,
      reactions: [],
    }
    const threaded = threadOf(row)
    if (row.mentions !== null) message.mentions = JSON.parse(row.mentions) as Mention[]
    if (row.expired > 0) message.expired = row.expired
    if (row.thread !== null) message.thread = row.thread
    if (row.also_in_room === 1) message.alsoInRoom = true
    if (threaded !== undefined) message.threaded = threaded
    const rest = row.body === null ? undefined : (JSON.parse(row.body) as object)
    const state = row.state === null ? undefined : (JSON.parse(row.state) as FoldedState)
    return rest === undefined && state === undefined ? message : { ...rest, ...state?.fields, ...message }
  },
}

/** What changes without columns have made of a message: the fields they set, up to change number `seq`. */
export interface FoldedState {
  seq: number
  fields: Partial<SpokenMessage>
}
