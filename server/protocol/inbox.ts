// What somebody was told of: the inbox. Only visible to them. Trap: the browser takes only types from here.
import { Type, type Static } from 'typebox'
import { causeNames } from './notify-causes.ts'
import { Closed, EntrySeq, Id, Seq } from './schema.ts'

export const Cause = Type.Enum(causeNames)

/** Which pointer passes it: that of the room, that of its thread, or none: it is to do until it is put away. */
export const ReadBy = Type.Enum(['room', 'thread', 'hand'])

/** One thing that is to do. The same person, room, number and event are told once. */
export const InboxMark = Closed({
  room: Id,
  seq: EntrySeq,
  /** What happened to the message: empty, it was posted; `ended`, a poll is over; `case.N`, a report of it. */
  event: Type.String(),
  thread: Type.Optional(Seq),
  cause: Cause,
  readBy: ReadBy,
})

export type InboxMark = Static<typeof InboxMark>
