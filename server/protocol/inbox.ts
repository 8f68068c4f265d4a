// What somebody was told of: the inbox. Only visible to them. Trap: the browser takes only types from here.
import { Type, type Static } from 'typebox'
import { causeNames } from './notify-causes.ts'
import { Message } from './http.ts'
import { limits } from './limits.ts'
import { Closed, EntrySeq, Id, Limit, NextQuery, Nullable, Seq, Time } from './schema.ts'

export const Cause = Type.Enum(causeNames)

/** Which pointer passes it: that of the room, that of its thread, or none: it is to do until it is put away. */
export const ReadBy = Type.Enum(['room', 'thread', 'hand'])

/** One thing that is to do. The same person, room, number and event are told once. */
export const InboxMark = Closed({
  room: Id,
  seq: EntrySeq,
  /** What happened to the message: empty, it was posted; `ended`, a poll is over; `remind.N`, a reminder of it. */
  event: Type.String(),
  thread: Type.Optional(Seq),
  cause: Cause,
  readBy: ReadBy,
})

export type InboxMark = Static<typeof InboxMark>

/** `todo`: not read and not put away; `done`: all others; `mentions`: what names you, of any age. */
export const InboxFilter = Type.Enum(['todo', 'all', 'mentions', 'done'], {
  description: 'what is to do, all of it, what names you, or what is done; without it, what is to do',
})

export const InboxQuery = Closed({
  after: NextQuery('^[0-9]{1,16}$'),
  limit: Limit(limits.inbox.page.default, limits.inbox.page.max),
  filter: Type.Optional(InboxFilter),
})

/** The newest of those of a room or of a thread that stand together, with the message as it is now. */
export const InboxEntry = Closed({
  id: Type.Integer(),
  ...InboxMark.properties,
  /** When it was said, or happened. */
  at: Time,
  todo: Type.Boolean(),
  /** How many stand together, with this one. */
  count: Type.Integer({ minimum: 1 }),
  /** The oldest of them: opening it leads there. */
  first: EntrySeq,
  /** Null: it may not be seen, as a reported message outside of one's rooms. */
  message: Nullable(Message),
})

export const InboxAnswer = Closed({
  entries: Type.Array(InboxEntry),
  /** Of everything that is to do, not of the page. */
  todo: Type.Integer({ minimum: 0 }),
  next: Nullable(Type.String()),
})

/** All that is to do, up to limits.inbox.marks: the browser counts by it. */
export const InboxMarksAnswer = Closed({ marks: Type.Array(InboxMark) })

const UpTo = Type.Integer({ minimum: 1, description: 'the highest id that is put away' })

/** What is put away: these; or all that is to do up to an id, in a room, or in a thread, or anywhere. */
export const InboxDoneBody = Type.Union([
  Closed({ ids: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: limits.inbox.ids }) }),
  Closed({ room: Id, thread: Type.Optional(Seq), upTo: UpTo }),
  Closed({ upTo: UpTo }),
])

/** `undo`: takes it back, for an hour. */
export const InboxDoneAnswer = Closed({ done: Type.Integer({ minimum: 0 }), undo: Type.Integer() })
export const InboxUndoBody = Closed({ undo: Type.Integer({ minimum: 1 }) })

export type InboxFilter = Static<typeof InboxFilter>
export type InboxEntry = Static<typeof InboxEntry>
export type InboxAnswer = Static<typeof InboxAnswer>
export type InboxMarksAnswer = Static<typeof InboxMarksAnswer>
export type InboxDoneBody = Static<typeof InboxDoneBody>
export type InboxDoneAnswer = Static<typeof InboxDoneAnswer>
