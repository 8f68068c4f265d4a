// The directory of public rooms over HTTP.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Id, Limit, NextQuery, Nullable, Time } from './schema.ts'

export const DirectoryQuery = Closed({
  query: Type.Optional(
    Type.String({
      maxLength: limits.topicChars,
      description: 'only rooms whose name or topic contains this; without it, all of them',
    }),
  ),
  after: NextQuery('^[1-9][0-9]{0,18}$'),
  limit: Limit(limits.page.default, limits.page.max),
})

/** `people`: how many are in it; `lastAt`: when its last entry was written, null if that is not known. */
export const DirectoryRoom = Closed({
  id: Id,
  name: Type.String(),
  topic: Type.String(),
  joined: Type.Boolean(),
  people: Type.Integer({ minimum: 0 }),
  lastAt: Nullable(Time),
})
export type DirectoryRoom = Static<typeof DirectoryRoom>

/** The default room first, then by name; `next` is null on the last page. */
export const DirectoryAnswer = Closed({
  rooms: Type.Array(DirectoryRoom),
  next: Nullable(Type.String()),
})
export type DirectoryAnswer = Static<typeof DirectoryAnswer>
