// Which of somebody's rooms are in their list. A direct room is not while it is closed, or nobody has said anything in it since
// somebody else made it; and of very many only the newest are, so that a list stays one. Pure.
import { limits } from '../protocol/limits.ts'
import { kindOf } from '../protocol/room-kinds.ts'
import type { JoinedRoom } from './roster.ts'

type Heads = ReadonlyMap<string, { seq: number; at: number | null }>

export interface ShownRooms {
  shown: JoinedRoom[]
  /** The others: with the number after which each comes back. */
  hidden: Map<string, number>
}

/** Whether something of the room has a higher number than what was there when it was closed. */
export const isOpen = (closed: number | null, head: number): boolean => closed === null || head > closed

export function partShown(
  rooms: readonly JoinedRoom[],
  heads: Heads,
  max: number = limits.directs.shown,
): ShownRooms {
  const hidden = new Map<string, number>()
  const headOf = ({ id }: JoinedRoom): number => heads.get(id)?.seq ?? 0
  for (const room of rooms)
    if (!isOpen(room.settings.closed, headOf(room))) hidden.set(room.id, room.settings.closed ?? 0)
  const directs = rooms.filter(({ id, kind }) => kindOf(kind).madeBy === 'people' && !hidden.has(id))
  if (directs.length > max) {
    const newest = directs.sort((a, b) => (heads.get(b.id)?.at ?? 0) - (heads.get(a.id)?.at ?? 0))
    for (const room of newest.slice(max)) hidden.set(room.id, headOf(room))
  }
  return { shown: rooms.filter(({ id }) => !hidden.has(id)), hidden }
}
