// Which rooms a filter finds: those whose name begins with it first, then those that contain it. Pure.
import { nameKey } from '../../server/protocol/names.ts'

export function matching<Room extends { name: string }>(rooms: Room[], filter: string): Room[] {
  const wanted = nameKey(filter.trim().replace(/^#+/, ''))
  if (wanted === '') return rooms
  const place = (room: Room) => nameKey(room.name).indexOf(wanted)
  const found = rooms.filter((room) => place(room) >= 0)
  return found.toSorted((a, b) => Math.min(place(a), 1) - Math.min(place(b), 1))
}
