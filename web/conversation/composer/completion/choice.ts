// The types of completion: a piece that is being typed, the choices for it, and the sources of choices. Types only.
import type { Ref } from 'vue'
import type { GroupSummary } from '../../../../server/protocol/groups.ts'
import type { OfferedCommand } from '../../../../server/protocol/http.ts'
import type { Member, RoomSummary } from '../../../../server/protocol/people.ts'

/** A part of the text, from its sign (`/`, `@`, `#`, `:`) up to the caret, and what was typed after the sign. */
export interface Piece {
  from: number
  to: number
  query: string
}

export type LinkedRoom = Pick<RoomSummary, 'id' | 'name' | 'kind' | 'formerly'>

/** `key` is unique in a list and valid as an element's id; `words` replaces the piece. */
export type Choice = { key: string; words: string } & (
  | { kind: 'command'; command: OfferedCommand }
  | { kind: 'person'; member: Member }
  | { kind: 'everybody'; name: 'room' | 'here' }
  | { kind: 'group'; group: GroupSummary }
  | { kind: 'room'; room: LinkedRoom }
  | { kind: 'emoji'; emoji: string; code: string; name: string }
)

/** The typed text, and the position of the caret; -1 while there is a selection. */
export interface Typed {
  text: string
  caret: number
}

export interface Source {
  kind: 'command' | 'person' | 'room' | 'emoji'
  /** The piece that ends at the caret; undefined if there is none of this kind. */
  pieceAt: (typed: Typed) => Piece | undefined
  /** Such a piece was begun: time to load the choices. */
  look: (query: string) => void
  state: Readonly<Ref<'loading' | 'ready' | 'failed'>>
  /** Best matches first. */
  choices: (query: string) => readonly Choice[]
  /** It is typed in full, so Enter has another meaning. */
  isWhole: (choice: Choice, query: string) => boolean
  /** If nothing matches, the list says so; otherwise it disappears, because the text is an ordinary word. */
  saysNone: boolean
}
