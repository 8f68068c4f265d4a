// Whom a message in a room can mention, and which rooms it can link to, as far as its screen knows.
import type { Member, User } from '../../../../server/protocol/people.ts'
import { mayNameAll } from '../../../../server/protocol/rights.ts'
import { spokenOf } from '../../lines/rows.ts'
import type { Timeline } from '../../timeline.ts'
import type { Circle } from './sources/people.ts'

/** People who spoke more than this many lines ago are no longer ranked by recency. */
const recentLines = 200

interface Here extends Pick<Timeline, 'room' | 'rows'> {
  members: readonly Member[]
  membersStatus: 'loading' | 'ready' | 'failed'
  memberTotal: number
}

/** What does not depend on the room. */
type Elsewhere = Pick<Circle, 'rooms' | 'groups' | 'lookForGroups'>

export function circleOf(here: Here, user: User, elsewhere: Elsewhere = {}): Circle {
  const { room, rows, members, membersStatus, memberTotal } = here
  const spoke = rows.slice(-recentLines).flatMap((row) => spokenOf(row)?.user.id ?? [])
  const standing = { kind: room?.kind ?? 'public', role: room?.role ?? 'member', admin: user.admin }
  return {
    members,
    status: membersStatus,
    ownId: user.id,
    speakers: [...new Set(spoke.reverse())],
    ...elsewhere,
    mayNameAll: user.bot !== true && mayNameAll(standing, memberTotal),
  }
}
