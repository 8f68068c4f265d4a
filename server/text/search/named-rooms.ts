// Which rooms the filters of a query mean, of those that somebody may read. Pure.
import { nameKey } from '../../protocol/names.ts'

interface Named {
  id: string
  name: string
  formerly?: readonly string[] | undefined
  people?: readonly { id: string }[] | undefined
}

/** All rooms, or the direct ones in which all of these people are. */
export const roomsWith = <Room extends Named>(
  rooms: readonly Room[],
  ids: readonly string[],
): readonly Room[] =>
  ids.length === 0
    ? rooms
    : rooms.filter(({ people = [] }) => ids.every((id) => people.some((one) => one.id === id)))

/** All rooms, or those with one of these names or numbers; a name that no room has leads to those that had it of late. */
export function roomsNamed<Room extends Named>(
  rooms: readonly Room[],
  names: readonly string[],
  room: string | undefined,
): Room[] {
  const within = rooms.filter(({ id }) => room === undefined || id === room)
  if (names.length === 0) return within
  const wanted = new Set(names.flatMap((name) => idsNamed(rooms, name)))
  return within.filter(({ id }) => wanted.has(id))
}

function idsNamed(rooms: readonly Named[], written: string): string[] {
  const key = nameKey(written.replace(/^#/, ''))
  const present = rooms.filter(({ id, name }) => nameKey(name) === key || written === `#${id}`)
  const meant =
    present.length > 0
      ? present
      : rooms.filter(({ formerly = [] }) => formerly.some((name) => nameKey(name) === key))
  return meant.map(({ id }) => id)
}

/** The person who asks, in either language. */
export const isMe = (name: string): boolean => name.toLowerCase() === 'me' || name === '我'

/** What a filter names, as names are compared. */
export const personKey = (name: string): string => nameKey(name.replace(/^@/, ''))
