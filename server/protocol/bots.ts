// What bots ask over HTTP, and what they receive.
import { Type } from 'typebox'
import { kinds } from './entries/kinds.ts'
import type { EntryEvent, GoneEvent } from './events.ts'
import { NoticeBody } from './http.ts'
import { limits } from './limits.ts'
import { MessageBody } from './message.ts'
import { Person } from './people.ts'
import { Cid, Closed, Id, Limit, Seq, Time } from './schema.ts'

/**
 * `after`: acknowledges, and asks for what follows; without it, reading continues from the last acknowledgement. A
 * cursor is opaque.
 */
export const BotQuery = Closed({
  after: Type.Optional(
    Type.String({
      maxLength: limits.bots.cursorChars,
      description:
        'the cursor of the last answer, which this acknowledges; without it, the last acknowledged one',
    }),
  ),
  limit: Limit(limits.bots.entries.default, limits.bots.entries.max),
  waitMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: limits.bots.waitMs,
      default: 0,
      description: 'how long to wait for an entry if there is none',
    }),
  ),
})
/**
 * An entry of a room's log as the socket sends it. All but `gone`, the end of a room that the bot was taken out of, have
 * `seq`, `at` and `user`, and all but these and a notice a `cid`. What changes a message names it as `target`.
 */
export const BotEntry = Type.Object(
  {
    ...Type.Partial(MessageBody).properties,
    type: Type.Union([...Object.keys(kinds), 'gone'].map((type) => Type.Literal(type))),
    room: Id,
    seq: Type.Optional(Seq),
    at: Type.Optional(Time),
    cid: Type.Optional(Cid),
    user: Type.Optional(Person),
    target: Type.Optional(Seq),
    emoji: Type.Optional(Type.String()),
    on: Type.Optional(Type.Boolean()),
    choices: Type.Optional(Type.Array(Type.Integer())),
    voter: Type.Optional(Type.String()),
    notice: Type.Optional(NoticeBody),
  },
  { additionalProperties: true },
)
/** `more`: ask again, there is more already. */
export const BotAnswer = Closed({
  entries: Type.Array(Type.Unsafe<EntryEvent | GoneEvent>(BotEntry)),
  cursor: Type.String(),
  more: Type.Boolean(),
})
/** A cursor from an answer, or for each room the number up to which the bot is done. Exactly one of the two. */
export const CursorBody = Closed({
  cursor: Type.Optional(Type.String({ maxLength: limits.bots.cursorChars })),
  rooms: Type.Optional(
    Type.Record(Type.String({ pattern: '^[1-9][0-9]{0,18}$' }), Seq, {
      maxProperties: limits.resumeRooms,
      additionalProperties: false,
    }),
  ),
  /** The numbers of `rooms` may be lower than those that were acknowledged: from there on, everything is sent again. */
  rewind: Type.Optional(Type.Literal(true)),
})
export const CursorAnswer = Closed({ cursor: Type.String() })
