// What those who are not in a room see of it: a public one is offered to them, and taken back.
import type { RoomList } from '../membership/room-list.ts'
import type { GoneEvent, Notice, OpenEvent } from '../protocol/events.ts'

export interface OfferDeps {
  memberships: Pick<RoomList, 'asNonMember'>
  onError: (error: unknown, where: string) => void
}

/** Undefined: nobody is told. `wasShown`: it may be in their lists. */
export async function offerOf(
  room: string,
  wasShown: boolean,
  { memberships, onError }: OfferDeps,
): Promise<OpenEvent | GoneEvent | undefined> {
  const summary = await memberships.asNonMember(room).catch((error: unknown) => {
    onError(error, 'offering a room')
    return undefined
  })
  if (summary === undefined && !wasShown) return undefined
  return summary !== undefined && summary.archived !== true
    ? { type: 'open', room: summary }
    : { type: 'gone', room }
}

/** What those who are not in the room see of it has changed. */
export const isOfInterest = ({ kind }: Notice): boolean =>
  ['created', 'name', 'visibility', 'archived', 'deleted', 'undeleted'].includes(kind)

export const isShownNoMore = (notice: Notice): boolean => notice.kind === 'deleted' && notice.shown
