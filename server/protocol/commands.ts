// What a browser may say over the WebSocket. One JSON object a line, several lines a frame.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Cid, Closed, Id, Seq, Text } from './schema.ts'

/** Where I was: per room the last number up to which I have everything. Rooms not named start at their head. */
export const Resume = Closed({
  type: Type.Literal('resume'),
  rooms: Type.Record(Type.String({ pattern: '^[1-9][0-9]{0,18}$' }), Seq, {
    maxProperties: limits.resumeRooms,
    additionalProperties: false,
  }),
})

export const Send = Closed({
  type: Type.Literal('send'),
  room: Id,
  cid: Cid,
  text: Text,
  replyTo: Type.Optional(Seq),
})

export const Typing = Closed({ type: Type.Literal('typing'), room: Id })

/** I have read this room up to `seq`. The pointer never goes back. */
export const Read = Closed({ type: Type.Literal('read'), room: Id, seq: Seq })

/** All commands by their type. `edit`, `delete` and `react` find their place here, beside `send`. */
export const commands = { resume: Resume, send: Send, typing: Typing, read: Read } as const

export type Resume = Static<typeof Resume>
export type Send = Static<typeof Send>
export type Typing = Static<typeof Typing>
export type Read = Static<typeof Read>

/** A frame's line that was understood, and is not yet allowed. */
export type Command = Resume | Send | Typing | Read
