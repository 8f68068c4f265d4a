// What somebody is called, and who may change it.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { User } from './people.ts'
import { Closed, Line, Nullable, Time } from './schema.ts'

/** A name that still leads to somebody, and until when nobody else can have it. */
export const FormerName = Closed({ name: Type.String(), until: Time })
/** An administrator has renamed somebody: `by` whom (null: on the command line), and why ('' if they did not say). */
export const RenameNote = Closed({ was: Type.String(), by: Nullable(Type.String()), note: Type.String() })

/** One's own. `note`: an administrator has renamed you, and you have not said yet that you know. */
export const MeAnswer = Closed({
  user: User,
  formerNames: Type.Array(FormerName),
  note: Type.Optional(RenameNote),
})
/** `password`: of whoever has one. A guest has none; whoever comes by the identity provider has done so just now. */
export const MeBody = Closed({
  name: Line(limits.nameChars),
  password: Type.Optional(Line(limits.passwordChars.max)),
})
/** `note`: what they are told; without it, no more than their new name. */
export const RenameBody = Closed({
  name: Line(limits.nameChars),
  note: Type.Optional(Line(limits.bans.reasonChars)),
})
export const RenameAnswer = Closed({ name: Type.String() })

export type FormerName = Static<typeof FormerName>
export type RenameNote = Static<typeof RenameNote>
export type MeAnswer = Static<typeof MeAnswer>
export type RenameAnswer = Static<typeof RenameAnswer>
