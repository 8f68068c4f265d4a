// Groups of people that are mentioned by one name.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Person } from './people.ts'
import { Closed, Id, Line } from './schema.ts'

/** `people`: how many are in it. `mine`: whoever asks is one of them. `mayChange`: they may rename it, and say who is in it. */
const shown = {
  id: Id,
  name: Type.String(),
  people: Type.Integer({ minimum: 0 }),
  mine: Type.Boolean(),
  mayChange: Type.Boolean(),
}
export const GroupSummary = Closed(shown)
/** By name. `mayMake`: whoever asks may make one. */
export const GroupsAnswer = Closed({ groups: Type.Array(GroupSummary), mayMake: Type.Boolean() })
/** With its people by name. */
export const Group = Closed({ ...shown, members: Type.Array(Person) })
export const GroupAnswer = Closed({ group: Group })
export const GroupBody = Closed({ name: Line(limits.nameChars) })
export const GroupParams = Closed({ group: Id })
export const GroupMemberParams = Closed({ group: Id, user: Id })
/** Who makes groups: administrators, or everybody who has an account. */
export const GroupsBy = Type.Enum(['admins', 'members'])

export type GroupsBy = Static<typeof GroupsBy>
export type GroupSummary = Static<typeof GroupSummary>
export type GroupsAnswer = Static<typeof GroupsAnswer>
export type Group = Static<typeof Group>
export type GroupAnswer = Static<typeof GroupAnswer>
