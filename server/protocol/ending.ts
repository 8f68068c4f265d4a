// The end of one's account.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Line } from './schema.ts'

/** `messages`: they stay, under `Former member`, or are deleted. `password`: of whoever has one. */
export const EndBody = Closed({
  messages: Type.Union([Type.Literal('keep'), Type.Literal('delete')]),
  password: Type.Optional(Line(limits.passwordChars.max)),
})
export type EndBody = Static<typeof EndBody>
