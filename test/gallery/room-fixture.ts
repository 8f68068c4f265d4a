// A room made by hand, for the gallery: its timeline, and what is beside it.
import type { Timeline } from '../../web/conversation/timeline.ts'
import type { OpenedRoom } from '../../web/room/open/opened-room.ts'
import { fakeTimeline } from './fake-conversation.ts'
import { members } from './people.ts'

type Beside = 'members' | 'membersStatus' | 'memberTotal' | 'pins' | 'pinsStatus' | 'completeUpTo'
export interface RoomFixture extends Timeline, Pick<OpenedRoom, Beside> {}

export const roomFace = (more: Partial<RoomFixture> = {}): RoomFixture => ({
  ...fakeTimeline(),
  completeUpTo: 48131,
  members,
  membersStatus: 'ready',
  memberTotal: members.length,
  pins: [],
  pinsStatus: 'ready',
  ...more,
})
