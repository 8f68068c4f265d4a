// Small schemas that the socket and HTTP share. Closed objects: an unknown field is refused, never carried on.
import { Type, type TProperties, type TSchema } from 'typebox'
import { cidPattern } from './cid.ts'
import { limits } from './limits.ts'

/** An object with these fields and no other. */
export const Closed = <Fields extends TProperties>(fields: Fields) =>
  Type.Object(fields, { additionalProperties: false })

/** Ids of rooms and people on the wire: decimal text, because MySQL's numbers exceed JavaScript's. */
export const Id = Type.String({ pattern: '^[1-9][0-9]{0,18}$', description: 'an id', examples: ['7'] })
const seq = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER, examples: [48120] }
export const Seq = Type.Integer({ ...seq, description: 'a number in the order of the room' })
export const Cid = Type.String({ pattern: cidPattern, description: 'UUIDv7, created by the client' })
/** Of what is there: numbers begin with 1. */
export const EntrySeq = Type.Integer({
  minimum: 1,
  description: 'the number of a message',
  examples: [48120],
})
/**
 * A name or a line of at most so many characters, composed and without spaces around it. Longer ones are refused by
 * names.ts, with a better message than "wrong form".
 */
export const Line = (chars: number) =>
  Type.String({ maxLength: 4 * chars, description: `up to ${chars} characters` })
/** Texts above messageBytes are refused by their bytes, with a better message than "wrong form". */
export const Text = Type.String({ maxLength: limits.frameBytes })
/** More than any emoji takes; emoji.ts checks it, with a better message. */
export const Emoji = Type.String({ minLength: 1, maxLength: 64, description: 'one emoji', examples: ['👍'] })
export const Time = Type.Integer({ description: 'milliseconds since 1970, UTC' })
export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

/** Optional parameters of a query, as /api/docs describes them: each says what applies without it. */
export const SeqQuery = (description: string) => Type.Optional(Type.Integer({ ...seq, description }))
export const Limit = (usual: number, max: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: max, default: usual, description: 'how many at most' }))
/** The `next` of the previous page. */
export const NextQuery = (pattern: string) =>
  Type.Optional(
    Type.String({ pattern, description: 'the `next` of the previous page; without it, the first page' }),
  )
export const Zone = Type.Optional(
  Type.String({
    maxLength: 64,
    default: 'UTC',
    description: 'an IANA time zone',
    examples: ['Asia/Shanghai'],
  }),
)
/** `retryAfterMs`: after how many milliseconds a retry can help. `ticket`: to be sent with the next step. */
export const ErrorAnswer = Closed({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    retryAfterMs: Type.Optional(Type.Integer()),
    /** Of `banned`: why ('' if it was not said), and until when. */
    ban: Type.Optional(
      Type.Object({
        reason: Type.String(),
        until: Nullable(Time),
        suspended: Type.Optional(Type.Literal(true)),
      }),
    ),
    ticket: Type.Optional(Type.String()),
  }),
})

/** What each route may answer besides its own: a refusal. */
export const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
/** Of 204. */
export const nothing = Type.Null({ description: 'Done; no content.' })
