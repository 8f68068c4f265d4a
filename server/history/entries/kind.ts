// The SQL half of a kind of entry (its other half is protocol/entries/<kind>.ts). Both lists of them are in index.ts.
import type { Param, Queryable } from '../../db.ts'
import { spokenTypes } from '../../protocol/entries/index.ts'
import type { Change } from '../../protocol/entries/kind.ts'
import type { Message, SpokenMessage } from '../../protocol/http.ts'
import { placeKey } from '../../protocol/place-key.ts'
import type { ThreadColumns } from '../sql/thread-row.ts'

/** What a row of `messages` says beyond what every entry does. */
export interface Content {
  text: string | null
  /** JSON, as in the log. */
  mentions: string | null
  reply_to: number | null
  notice: string | null
  edited_ms: number | null
  thread: number | null
  also_in_room: 0 | 1
  /** JSON of the fields that have no column. */
  body: string | null
}

/** A row of `messages` as it is read. */
export interface MessageRow extends Omit<Content, 'also_in_room'>, ThreadColumns {
  seq: number
  kind: string
  user_id: number | string
  user_name: string
  user_bot: number
  user_icon: string | null
  cid: Buffer
  log_ms: number
  said_ms: number | null
  deleted_ms: number | null
  /** The number of the entry that has deleted it with all others of its author; what it said is still here. */
  erased_seq: number | null
  /** It is deleted because it was older than so many days; 0: it is not. */
  expired: number
  is_reacted: number
  is_pinned: number
  updated_seq: number
  also_in_room: number
  state: string | null
}

/** What every row says, as a person reads it. */
export type Said = Pick<Message, 'seq' | 'updatedSeq' | 'user' | 'at'>

/** A kind that makes a row of its own. */
export interface RowSql<Event> {
  content(event: Event): Content
  read(said: Said, row: MessageRow): Message
}

/** What a row of `changes` says beyond what every change does; NULL where nothing is named. */
export interface ChangeContent {
  text?: string | null
  emoji?: string | null
  is_on?: number | null
  /** JSON of the fields that have no column. */
  body?: string | null
}

/** A kind that changes messages. */
export interface ChangeSql<Event> {
  content(event: Event): ChangeContent
  /** The event again, without what no row keeps: whom the words of an edit name. */
  read(change: Change, row: ChangeContent): Event
  /**
   * Makes the messages that these are about say so; rows of messages and changes are there. The last entry stands,
   * whichever came first, and twice is as once. None: what it folds to is kept as JSON (sql/fold-changes.ts).
   */
  settle?(tx: Queryable, events: readonly Event[]): Promise<void>
  /** What it has put beside the rows of messages, read for those that are marked. */
  beside?: {
    mark: Mark
    read(db: Queryable, room: string, seqs: readonly number[]): Promise<Map<number, Partial<SpokenMessage>>>
  }
}

/** Of rows of `messages`: somebody said it. Rows of kinds that this version does not know are none of these. */
export const isSpokenRow = `kind IN (${spokenTypes.map((type) => `'${type}'`).join(', ')})`

/** Columns of `messages` that say whether there is anything beside, so that other messages cost no look-up. */
export type Mark = 'is_reacted' | 'is_pinned'

/** Marks the messages that these are about; the newest of each is what changed it last. */
export async function markMessages(
  tx: Queryable,
  mark: Mark,
  events: readonly Pick<Change, 'room' | 'target' | 'seq'>[],
): Promise<void> {
  if (events.length === 0) return
  const last = new Map(events.map(({ room, target, seq }) => [placeKey(room, target), { room, target, seq }]))
  const rows = [...last.values()]
  const marks = rows.map(() => 'SELECT ? AS room_id, ? AS target, ? AS seq').join(' UNION ALL ')
  await tx.run(
    `UPDATE (${marks}) AS marks
     STRAIGHT_JOIN messages m ON m.room_id = marks.room_id AND m.seq = marks.target AND m.${isSpokenRow}
     SET m.${mark} = 1, m.updated_seq = GREATEST(m.updated_seq, marks.seq)`,
    rows.flatMap(({ room, target, seq }): Param[] => [BigInt(room), target, seq]),
  )
}
