// The types of the list: a Line is a message or a notice with its state here, a Row is what is drawn. Types only.
import type { NoteEvent } from '../../../server/protocol/events.ts'
import type { NoticeMessage, SpokenMessage } from '../../../server/protocol/http.ts'
import type { Person } from '../../../server/protocol/people.ts'
import type { Named } from '../../text/blocks.ts'
import type { Attached } from '../../wire/outgoing.ts'
import type { Refusal } from '../../wire/refusal.ts'

/** The state of an own message: being sent, fsynced in the log, in MySQL, or refused with a reason. */
export type Standing = 'sending' | 'logged' | 'archived' | 'failed'

interface LineFields {
  /** Stable from sending to archived: the cid of a message, the number of a notice. */
  key: string
  /** Undefined while sending and after a failure. */
  seq: number | undefined
  own: boolean
}

/** `Omit` applied to each member of a union; plain `Omit` would keep only what all have in common. */
type Without<Of, Keys extends keyof Of> = Of extends unknown ? Omit<Of, Keys> : never

interface SpokenFields extends LineFields {
  /** Names in the text that are people. */
  named?: readonly Named[]
  /** Only on own messages, and `archived` only on the newest of them: older ones are archived and show nothing. */
  standing: Standing | undefined
  /** Why it failed. */
  refusal?: Refusal
  /** Its files, as long as it is not sent. */
  attached?: readonly Attached[]
  /** An own change of it is shown and being sent. */
  changing: boolean
  /** An edit of it that the server refused: its text is kept. */
  failedEdit?: { cid: string; refusal: Refusal | undefined } | undefined
}

/** A posted message of any kind: whole, as the log has it or will have it, and its state here. */
export type MessageLine = Without<SpokenMessage, 'seq' | 'updatedSeq'> & SpokenFields

/** Something that happened to the room. */
export type NoticeLine = Without<NoticeMessage, 'seq' | 'updatedSeq'> & LineFields

/** One line of the list, for each kind of message in the log. */
export type Line = MessageLine | NoticeLine

/** Visible only to this person: a bot's private answer, a command that waits, or why it failed. */
export interface Note {
  key: string
  /** The thread that shows it, instead of the room. */
  thread?: number
  /** The number of the line above it. */
  below: number
  at: number
  state: 'asking' | 'said' | 'failed'
  user?: Person
  /** The command's name, and what was typed after it. */
  name?: string | undefined
  args?: string | undefined
  text?: string
  code?: NonNullable<NoteEvent['code']>
  /** What one of Brook's own commands has done. */
  done?: NonNullable<NoteEvent['done']>
  refusal?: Refusal
}

interface LineRow<Of extends Line = Line> {
  kind: 'line'
  key: string
  line: Of
  /** The author's name and avatar are shown. */
  head: boolean
  /** Joins and leaves right before this one, which stand in the same row, in order. */
  before?: readonly NoticeLine[]
}

/** What the list draws, top to bottom. `key` is unique within a list and stable between renders. */
export type Row =
  /** `expired`: what was older than so many days is deleted. */
  | { kind: 'began'; key: string; expired?: number }
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  /** Messages between the rows above and below are not loaded; `isLast`: there are newer ones, and no row below. */
  | { kind: 'gap'; key: string; isLast?: true }
  | { kind: 'note'; key: string; note: Note }
  /** Below the root message of a thread. */
  | { kind: 'replies'; key: string; count: number }
  | LineRow

/** The row of a posted message. */
export type SpokenRow = LineRow<MessageLine>

/** The kind of a row by what it draws: a line by the kind of its message, everything else by its own. */
export type RowKind = Exclude<Row['kind'], 'line'> | Line['kind']
export type RowOf<Kind extends RowKind> = Kind extends Line['kind']
  ? LineRow<Line & { kind: Kind }>
  : Extract<Row, { kind: Kind }>
