// What a room's screen shows and asks for: useRoom with its refs opened. The gallery makes the same shape by hand.
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { Member, Person, RoomSummary } from '../../server/protocol/people.ts'

import type { Refusal } from '../wire/refusal.ts'
import type { MessageLine, Row } from '../message/line.ts'

export interface RoomFace {
  status: 'loading' | 'ready' | 'failed' | 'missing'
  room: RoomSummary | undefined
  rows: Row[]
  hasBefore: boolean
  hasAfter: boolean
  loadingBefore: boolean
  beforeFailed: Refusal | undefined
  newest: number
  completeUpTo: number
  unseen: number
  typing: Person[]
  /** A message that is answered and not on the list; `lookUp` reads it. */
  quoted: (seq: number) => SpokenMessage | undefined
  lookUp: (seq: number) => void
  /** One's own last message in memory, also where the list does not reach it. */
  lastOwn?: () => MessageLine | undefined
  members: Member[]
  membersStatus: 'loading' | 'ready' | 'failed'
  memberTotal: number
  /** What is pinned here, the last pinned first. */
  pins: readonly SpokenMessage[]
  pinsStatus: 'loading' | 'ready' | 'failed'
}
