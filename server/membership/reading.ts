// Moves how far somebody has read a room, and says what is left after it.
import type { Entry } from '../log/entry.ts'
import type { ReadEvent } from '../protocol/events.ts'
import type { Position } from '../protocol/position.ts'
import type { ReadMarkers } from './read-markers.ts'

type Count = (userId: string, marks: { room: string; read: number }[]) => Promise<Map<string, number>>

export interface ReadingParts {
  markers: ReadMarkers
  headOf: (room: string) => number
  unread: Count
  mentions: Count
}

/** What is read is never above the head. Answers where the pointer stands then, which a mark of an earlier turn leaves. */
export const readTo =
  ({ markers, headOf, unread, mentions }: ReadingParts) =>
  async (user: string, room: string, to: Position): Promise<Omit<ReadEvent, 'type' | 'room'>> => {
    const head = headOf(room)
    const { turn, seq } = markers.mark({ user, room, turn: to.turn, seq: Math.min(to.seq, head) })
    const marks = [{ room, read: seq }]
    const [left, named] = await Promise.all([unread(user, marks), mentions(user, marks)])
    return { turn, seq, unread: left.get(room) ?? 0, mentions: named.get(room) ?? 0, head }
  }

/** What a person's devices are told. A process of an older version tells no turn. */
export const readEventOf = ({
  room,
  seq,
  turn,
  unread,
  mentions,
  head,
}: Omit<ReadEvent, 'type'>): ReadEvent => ({
  ...{ type: 'read', room, seq, unread },
  ...(turn === undefined ? {} : { turn }),
  ...(mentions === undefined ? {} : { mentions }),
  ...(head === undefined ? {} : { head }),
})

/** Whoever comes into a room reads it from there, whatever was marked when they were in it before. */
export function forgetNewcomers(markers: ReadMarkers, entries: readonly Entry[]): void {
  for (const { room, event } of entries) {
    if (event.type !== 'notice') continue
    if (event.notice.kind === 'joined') markers.forget(event.user.id, room)
    if (event.notice.kind === 'added') markers.forget(event.notice.person.id, room)
  }
}
