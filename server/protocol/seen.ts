// Who has read up to a message, in small rooms; and whether somebody takes part in it.
import { Type, type Static } from 'typebox'
import { Person } from './people.ts'
import { Closed, Nullable } from './schema.ts'

/** Besides its author and whoever asks. Null: it is not shown here, or they do not take part in it. */
export const SeenAnswer = Closed({ seen: Nullable(Type.Array(Person)) })
export const SeenSetting = Closed({ shows: Type.Boolean() })

export type SeenAnswer = Static<typeof SeenAnswer>
export type SeenSetting = Static<typeof SeenSetting>
