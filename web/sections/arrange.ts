// Which rooms are in which section of the pane, and in which order. Pure.
import type { RoomSummary } from '../../server/protocol/people.ts'
import { isUsual } from '../../server/protocol/section-kinds.ts'
import type { Section } from '../../server/protocol/sections.ts'
import { usual } from './usual.ts'

type Placed = Pick<RoomSummary, 'id' | 'kind' | 'favourite' | 'section' | 'lastAt'>

export interface Arranged<Room> {
  section: Section
  rooms: Room[]
}

/** Favourites first, then where its member has put it, then by what it is. `own`: ids of own sections. */
export function sectionOf(room: Placed, own: ReadonlySet<string>): string {
  if (room.favourite) return 'favourites'
  return room.section !== undefined && own.has(room.section) ? room.section : usualOf(room)
}

/** The section of a room that is neither a favourite nor in one of one's own. */
export const usualOf = (room: Placed): string =>
  Object.entries(usual).find(([, kind]) => kind.holds?.(room) === true)?.[0] ?? 'rooms'

/** Whether a room may be put there. */
export const mayHold = (section: string, room: Placed): boolean =>
  section === 'favourites' || !isUsual(section) || section === usualOf(room)

/** What a room's member sets to put it there. */
export const settingsFor = (section: string): { favourite: boolean; section?: string | null } => {
  if (section === 'favourites') return { favourite: true }
  return { favourite: false, section: isUsual(section) ? null : section }
}

/** `rooms` by name. */
export function arrange<Room extends Placed>(
  rooms: readonly Room[],
  sections: readonly Section[],
): Arranged<Room>[] {
  const own = new Set(sections.filter(({ id }) => !isUsual(id)).map(({ id }) => id))
  const inside = new Map<string, Room[]>()
  for (const room of rooms) {
    const id = sectionOf(room, own)
    inside.set(id, [...(inside.get(id) ?? []), room])
  }
  return sections
    .filter(({ id }) => !isUsual(id) || id in usual)
    .map((section) => ({ section, rooms: sorted(inside.get(section.id) ?? [], section) }))
}

function sorted<Room extends Placed>(rooms: readonly Room[], { sort, rooms: order }: Section): Room[] {
  if (sort === 'name') return [...rooms]
  if (sort === 'latest') return rooms.toSorted((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0))
  const places = new Map(order.map((id, at) => [id, at]))
  const placeOf = ({ id }: Room): number => places.get(id) ?? order.length
  return rooms.toSorted((a, b) => placeOf(a) - placeOf(b))
}
