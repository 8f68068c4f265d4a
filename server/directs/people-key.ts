// `rooms.people_key`: direct rooms are found by who is in them. Pure.
import { createHash } from 'node:crypto'

/** By which the room of these people is found: the same in whatever order they are named. */
export const keyOf = (people: readonly string[]): Buffer =>
  createHash('sha256')
    .update([...new Set(people)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).join(','))
    .digest()
