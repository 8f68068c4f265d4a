// What is to do of what this person was told: what the pointers have not passed. The rule of server/notify/to-do.ts, by what this
// tab knows of the pointers. Pure.
import type { InboxMark } from '../../server/protocol/inbox.ts'

export interface Pointers {
  /** How far a room is read; undefined: this person is not in it. */
  room: (room: string) => number | undefined
  /** How far a thread is read. */
  thread: (room: string, thread: number) => number
}

export const keyOf = ({ room, seq, event }: Pick<InboxMark, 'room' | 'seq' | 'event'>): string =>
  `${room} ${seq} ${event}`

export function isToDo({ room, seq, thread, readBy, cause }: InboxMark, pointers: Pointers): boolean {
  const read = pointers.room(room)
  if (read === undefined) return cause === 'report'
  switch (readBy) {
    case 'room':
      return seq > read
    case 'thread':
      return seq > pointers.thread(room, thread ?? 0)
    case 'hand':
      return true
  }
}

/** What stands together as one entry: of a room, of a thread, or alone. */
export function placeOf({ room, seq, event, thread, readBy, cause }: InboxMark): string {
  if (readBy === 'hand' || cause === 'reminder') return `one ${room} ${seq} ${event}`
  return readBy === 'thread' ? `${room} ${thread}` : room
}
