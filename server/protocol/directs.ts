// Direct rooms, and who may write to whom: requests and answers over HTTP.
import { Type, type Static } from 'typebox'
import { RoomSummary, Person } from './people.ts'
import { Closed, Id, Time } from './schema.ts'

/** More than any room has, so that too many are refused with words. */
const maxNamed = 100

/** Everybody else who is to be in it, each named once or more often; nobody: notes to yourself. */
export const DirectBody = Closed({ people: Type.Array(Id, { maxItems: maxNamed }) })
export const DirectAnswer = Closed({ room: RoomSummary })

/** Who may write to somebody: everybody, people who share a room with them besides the default one, or nobody. */
export const writers = ['everyone', 'shared', 'nobody'] as const
export type Writers = (typeof writers)[number]
export const Writers = Type.Unsafe<Writers>(Type.Union(writers.map((one) => Type.Literal(one))))

export const BlockParams = Closed({ user: Id })
/** Whom you block, the last one first. */
export const BlocksAnswer = Closed({ blocks: Type.Array(Closed({ user: Person, at: Time })) })
export type BlocksAnswer = Static<typeof BlocksAnswer>
