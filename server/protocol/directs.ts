// Direct rooms, and who may write to whom: requests and answers over HTTP.
import { Type, type Static } from 'typebox'
import { RoomSummary, Person } from './people.ts'
import { limits } from './limits.ts'
import { Closed, Id, Nullable, Time } from './schema.ts'

/** More than any room has, so that too many are refused with words. */
const maxNamed = 100

/** Everybody else who is to be in it, each named once or more often; nobody: notes to yourself. */
export const DirectBody = Closed({ people: Type.Array(Id, { maxItems: maxNamed }) })
export const DirectAnswer = Closed({ room: RoomSummary })

/** Who may write to somebody: everybody, people who share a room with them besides the default one, or nobody. */
export const writers = ['everyone', 'shared', 'nobody'] as const
export type Writers = (typeof writers)[number]
export const Writers = Type.Unsafe<Writers>(Type.Union(writers.map((one) => Type.Literal(one))))

/** A direct room is to become a private one: how it will be called, who has agreed, the one who asked among them, and who has not yet. */
export const Conversion = Closed({
  name: Type.String(),
  agreed: Type.Array(Person),
  missing: Type.Array(Person),
})
export type Conversion = Static<typeof Conversion>
/** Null: nobody has asked for it, or it is done. */
export const ConversionAnswer = Closed({ conversion: Nullable(Conversion) })
export type ConversionAnswer = Static<typeof ConversionAnswer>
/** Without a name: as it was asked before. */
export const ConversionBody = Closed({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: limits.roomNameChars * 4 })),
})

export const BlockParams = Closed({ user: Id })
/** Whom you block, the last one first. */
export const BlocksAnswer = Closed({ blocks: Type.Array(Closed({ user: Person, at: Time })) })
export type BlocksAnswer = Static<typeof BlocksAnswer>
