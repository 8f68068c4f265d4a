// A room's face made by hand, for the gallery.
import type { RoomFace } from '../room/room-face.ts'
import { garden, members } from './people.ts'
import { usual } from './talk.ts'

export const roomFace = (more: Partial<RoomFace> = {}): RoomFace => ({
  status: 'ready',
  room: garden,
  rows: usual,
  hasBefore: true,
  hasAfter: false,
  loadingBefore: false,
  beforeFailed: undefined,
  newest: 48131,
  completeUpTo: 48131,
  unseen: 0,
  typing: [],
  quoted: () => undefined,
  lookUp: () => undefined,
  members,
  membersStatus: 'ready',
  memberTotal: members.length,
  pins: [],
  pinsStatus: 'ready',
  ...more,
})
