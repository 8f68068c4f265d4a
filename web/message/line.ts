// The shapes of the list: a Line is what a person said or a notice, a Row is what is drawn. Types only.
import type { NoteEvent, Notice } from '../../server/protocol/events.ts'
import type { Reaction, ThreadSummary } from '../../server/protocol/http.ts'
import type { Person } from '../../server/protocol/people.ts'
import type { Named } from '../text/markdown.ts'
import type { Refusal } from '../wire/refusal.ts'

/** Where an own message stands: on its way, fsynced in the log, in MySQL, or refused with a reason. */
export type Standing = 'sending' | 'logged' | 'archived' | 'failed'

interface LineFields {
  /** Stable from sending to archived: the cid of a message, the number of a notice. */
  key: string
  /** Undefined while sending and when failed. */
  seq: number | undefined
  user: Person
  at: number
  own: boolean
}

export interface MessageLine extends LineFields {
  kind: 'message'
  cid: string
  text: string
  replyTo: number | null
  /** The number of the message whose thread it is said in, and whether the room shows it too. */
  thread?: number
  alsoInRoom?: true
  /** The thread that begins with it. */
  threaded?: ThreadSummary
  /** Names in the text that are people. */
  named?: readonly Named[]
  /** Only on own messages, and `archived` only on the newest of them: older ones are archived and say nothing. */
  standing: Standing | undefined
  /** Why it failed. */
  refusal?: Refusal
  editedAt: number | null
  deletedAt: number | null
  reactions: readonly Reaction[]
  /** It is pinned to the room, by whom this is. */
  pinnedBy?: string
  /** What is shown of it is one's own doing, and on its way. */
  changing: boolean
  /** An edit of it that the server refused: its words are kept. */
  failedEdit?: { cid: string; refusal: Refusal | undefined } | undefined
}

export interface NoticeLine extends LineFields {
  kind: 'notice'
  notice: Notice
}

/** One line of the list: what a person said, or a notice. */
export type Line = MessageLine | NoticeLine

/** What only oneself sees: a bot's word to the asker, a command that waits, or why nothing came of it. */
export interface Note {
  key: string
  /** The thread that it stands in, and not in the room. */
  thread?: number
  /** The number of the line it stands below. */
  below: number
  at: number
  state: 'asking' | 'said' | 'failed'
  user?: Person
  /** The command's name. */
  name?: string | undefined
  text?: string
  code?: NonNullable<NoteEvent['code']>
  refusal?: Refusal
}

/** What the list draws, top to bottom. `key` is unique within a list and stable from one drawing to the next. */
export type Row =
  | { kind: 'began'; key: string }
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  | { kind: 'note'; key: string; note: Note }
  /** Below the message that a thread begins with. */
  | { kind: 'replies'; key: string; count: number }
  | { kind: 'line'; key: string; line: Line; head: boolean }
