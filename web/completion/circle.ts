// Whom one can name in a room, as its screen knows it.
import type { User } from '../../server/protocol/people.ts'
import { mayNameAll } from '../../server/protocol/rights.ts'
import type { RoomFace } from '../room/room-face.ts'
import type { Circle } from './people.ts'

/** Whoever spoke longer ago than so many lines is one among the others. */
const recentLines = 200

type Face = Pick<RoomFace, 'room' | 'rows' | 'members' | 'membersStatus' | 'memberTotal'>

export function circleOf({ room, rows, members, membersStatus, memberTotal }: Face, user: User): Circle {
  const spoke = rows
    .slice(-recentLines)
    .flatMap((row) => (row.kind === 'line' && row.line.kind === 'message' ? [row.line.user.id] : []))
  const inside = { kind: room?.kind ?? 'public', role: room?.role ?? 'member', admin: user.admin }
  return {
    ...{ members, status: membersStatus, ownId: user.id },
    speakers: [...new Set(spoke.reverse())],
    mayNameAll: user.bot !== true && mayNameAll(inside, memberTotal),
  }
}
