// What a room's screen shows and asks for: useRoom with its refs opened. The gallery makes the same shape by hand.
import type { Member, Person, RoomSummary } from '../../server/protocol/people.ts'

import type { Refusal } from '../wire/refusal.ts'
import type { Row } from './line.ts'

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
  members: Member[]
  membersStatus: 'loading' | 'ready' | 'failed'
  memberTotal: number
}
