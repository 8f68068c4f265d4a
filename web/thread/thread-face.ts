// What a thread's panel shows: useThread with its refs opened. The gallery makes the same shape by hand.
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { Person } from '../../server/protocol/people.ts'
import type { Row } from '../message/line.ts'
import type { RoomFace } from '../room/room-face.ts'
import type { Refusal } from '../wire/refusal.ts'
import type { ThreadStatus } from './thread-pages.ts'

export interface ThreadFace {
  status: ThreadStatus
  /** The message it begins with. */
  root: SpokenMessage | undefined
  rows: Row[]
  hasBefore: boolean
  loadingBefore: boolean
  beforeFailed: Refusal | undefined
  unseen: number
  newest: number
  following: boolean
  typing: Person[]
}

export type RoomPeople = Pick<RoomFace, 'members' | 'membersStatus' | 'memberTotal'>
