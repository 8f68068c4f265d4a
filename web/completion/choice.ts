// What completing is made of: a piece that is being typed, the choices for it, and the sources they come from. Types only.
import type { Ref } from 'vue'
import type { OfferedCommand } from '../../server/protocol/http.ts'
import type { Member } from '../../server/protocol/people.ts'

/** A part of the text, from its sign (`/`, `@`, `:`) up to the caret, and what has been typed after the sign. */
export interface Piece {
  from: number
  to: number
  query: string
}

/** `key` is unique in a list and fit for an element's id; `words` are put in place of the piece. */
export type Choice = { key: string; words: string } & (
  | { kind: 'command'; command: OfferedCommand }
  | { kind: 'person'; member: Member }
  | { kind: 'everybody'; name: 'room' | 'here' }
  | { kind: 'emoji'; emoji: string; code: string; name: string }
)

/** What has been typed, and where the caret is in it; -1 while a part of it is selected. */
export interface Typed {
  text: string
  caret: number
}

export interface Source {
  kind: 'command' | 'person' | 'emoji'
  /** The piece that the caret is at the end of; undefined when nothing of this kind is being typed. */
  pieceAt: (typed: Typed) => Piece | undefined
  /** Such a piece is begun: time to have what there is to choose from. */
  look: (query: string) => void
  state: Readonly<Ref<'loading' | 'ready' | 'failed'>>
  /** The best ones first. */
  choices: (query: string) => readonly Choice[]
  /** It is typed in full, so that Enter has another meaning. */
  isWhole: (choice: Choice, query: string) => boolean
  /** The list says so when nothing fits; else it is gone, for what is typed are words. */
  saysNone: boolean
}
