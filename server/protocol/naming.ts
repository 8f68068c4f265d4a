// What somebody is called, and who may change it.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { User } from './people.ts'
import { Writers } from './directs.ts'
import { OwnProfile, profileChanges } from './profiles.ts'
import { Closed, Line, Nullable, Time } from './schema.ts'

/** A name that still leads to somebody, and until when nobody else can have it. */
export const FormerName = Closed({ name: Type.String(), until: Time })
/** An administrator has renamed somebody: `by` whom (null: on the command line), and why ('' if they did not say). */
export const RenameNote = Closed({ was: Type.String(), by: Nullable(Type.String()), note: Type.String() })

/** One's own. `note`: an administrator has renamed you, and you have not said yet that you know. */
export const MeAnswer = Closed({
  user: User,
  profile: OwnProfile,
  /** Who may write to you. */
  writers: Writers,
  formerNames: Type.Array(FormerName),
  note: Type.Optional(RenameNote),
})
/**
 * What is missing stays as it is. `password`: with a name, of whoever has one. A guest has none; whoever comes by the identity
 * provider has done so just now. A feature adds what else is one's own, and its `OwnFields` (server/naming/own-fields.ts).
 */
export const MeBody = Closed({
  name: Type.Optional(Line(limits.nameChars)),
  password: Type.Optional(Line(limits.passwordChars.max)),
  ...profileChanges,
  writers: Type.Optional(Writers),
})
export const MeChanged = Closed({
  user: User,
  profile: Type.Optional(OwnProfile),
  writers: Type.Optional(Writers),
})
/** `note`: what they are told; without it, no more than their new name. */
export const RenameBody = Closed({
  name: Line(limits.nameChars),
  note: Type.Optional(Line(limits.bans.reasonChars)),
})
export const RenameAnswer = Closed({ name: Type.String() })

export type FormerName = Static<typeof FormerName>
export type RenameNote = Static<typeof RenameNote>
export type MeBody = Static<typeof MeBody>
export type MeChanged = Static<typeof MeChanged>
export type MeAnswer = Static<typeof MeAnswer>
export type RenameAnswer = Static<typeof RenameAnswer>
