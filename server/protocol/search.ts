// The requests and answers of a search. The route builds OpenAPI from these; the browser imports their types.
import { Type, type Static } from 'typebox'
import { SpokenMessage } from './http.ts'
import { limits } from './limits.ts'
import { Closed, Id, Limit, Nullable } from './schema.ts'

const Words = (description: string) =>
  Type.Optional(Type.String({ maxLength: 4 * limits.search.queryChars, description }))
const Ms = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 8.64e15, description }))

/**
 * `q`: words, "exact phrases" and the filters in: from: before: after: has: file: (query.ts). The others narrow it further:
 * `room` an id, `from` a name, `before` and `after` times in ms (both exclusive; they replace the dates in `q`, which
 * are UTC).
 */
export const SearchQuery = Closed({
  q: Words(
    'words, "phrases" and the filters in: from: before: after: has: file:; without it, only the other parameters',
  ),
  room: Type.Optional(Type.String({ ...Id, description: 'a room; without it, all that you may read' })),
  from: Words('a name; without it, messages of everybody'),
  before: Ms('messages before this time, in ms since 1970; without it, up to the newest'),
  after: Ms('messages after this time, in ms since 1970; without it, from the oldest'),
  has: Words('as in has:; without it, all messages'),
  cursor: Type.Optional(
    Type.String({
      maxLength: limits.search.cursorChars,
      description: 'the `next` of the previous page; without it, the first page',
    }),
  ),
  limit: Limit(limits.search.hits.default, limits.search.hits.max),
})
export type SearchQuery = Static<typeof SearchQuery>

/** A message that was found, its neighbours, and the ranges of its text that match. */
export const Hit = Closed({
  room: Id,
  message: SpokenMessage,
  before: Type.Optional(SpokenMessage),
  after: Type.Optional(SpokenMessage),
  ranges: Type.Array(Type.Unsafe<[number, number]>(Type.Array(Type.Integer(), { minItems: 2, maxItems: 2 }))),
})
export type Hit = Static<typeof Hit>

/**
 * Hits, newest first. `cursor` asks for older ones; null: there are none. `complete` is false if the search ended
 * before it had read everything down to its last hit's neighbours; the cursor continues from there. `behind`:
 * messages that the index does not have yet; they are read one by one.
 */
export const SearchAnswer = Closed({
  hits: Type.Array(Hit),
  cursor: Nullable(Type.String()),
  complete: Type.Boolean(),
  behind: Type.Integer({ minimum: 0 }),
})
export type SearchAnswer = Static<typeof SearchAnswer>
