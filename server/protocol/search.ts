// What a search takes and answers. The route builds OpenAPI from these; the browser imports their types.
import { Type, type Static } from 'typebox'
import { SpokenMessage } from './http.ts'
import { limits } from './limits.ts'
import { Closed, Id, Nullable } from './schema.ts'

const Words = Type.String({ maxLength: 4 * limits.search.queryChars })
const Ms = Type.Integer({ minimum: 0, maximum: 8.64e15 })

/**
 * `q`: words, "exact phrases" and the filters in: from: before: after: has: (query.ts). The others narrow it further: `room` a
 * number, `from` a name, `before` and `after` times in ms (both exclusive; in place of the dates in `q`, which are UTC).
 */
export const SearchQuery = Closed({
  q: Type.Optional(Words),
  room: Type.Optional(Id),
  from: Type.Optional(Words),
  before: Type.Optional(Ms),
  after: Type.Optional(Ms),
  has: Type.Optional(Words),
  cursor: Type.Optional(Type.String({ maxLength: limits.search.cursorChars })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.search.hits.most })),
})
export type SearchQuery = Static<typeof SearchQuery>

/** A message that was found, what stands before and after it, and the stretches of its text that were looked for. */
export const Hit = Closed({
  room: Id,
  message: SpokenMessage,
  before: Type.Optional(SpokenMessage),
  after: Type.Optional(SpokenMessage),
  ranges: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()])),
})
export type Hit = Static<typeof Hit>

/**
 * Hits, the newest first. `cursor` asks for older ones; null: there are none. `complete` is false when the search ended
 * before it had looked at everything newer than its last hit's neighbours; the cursor goes on from there.
 * `behind`: messages that the index does not have yet; they are looked at one by one.
 */
export const SearchAnswer = Closed({
  hits: Type.Array(Hit),
  cursor: Nullable(Type.String()),
  complete: Type.Boolean(),
  behind: Type.Integer({ minimum: 0 }),
})
export type SearchAnswer = Static<typeof SearchAnswer>
