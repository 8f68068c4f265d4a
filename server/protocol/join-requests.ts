// Asking to join: what somebody who is not invited says, and what administrators answer.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Person, User } from './people.ts'
import { Closed, Id, Line, Nullable, Time } from './schema.ts'

/** `words`: why they would like to join; may be empty. */
export const AskBody = Closed({
  name: Line(limits.nameChars),
  password: Line(limits.passwordChars.max),
  words: Type.Optional(Line(limits.joinRequests.wordsChars)),
})
/** `request`: a code for the browser that waits, which is given only this once. */
export const AskAnswer = Closed({ request: Type.String(), expiresAt: Time })
export const AskedBody = Closed({
  request: Type.String({ maxLength: 64, description: 'the `request` of the answer before' }),
})
/** `user`: they are let in, and this browser is signed in with this answer, once; `reason`: of a request that was declined. */
export const AskedAnswer = Closed({
  state: Type.Union([Type.Literal('waiting'), Type.Literal('declined'), Type.Literal('accepted')]),
  name: Type.String(),
  expiresAt: Nullable(Time),
  reason: Type.String(),
  user: Nullable(User),
})

export const JoinRequest = Closed({
  id: Id,
  name: Type.String(),
  words: Type.String(),
  address: Type.String(),
  at: Time,
  expiresAt: Time,
})
/** Those that wait, the oldest first. */
export const JoinRequestsAnswer = Closed({ requests: Type.Array(JoinRequest) })
export const JoinRequestParams = Closed({ request: Id })
/** `rooms`: in which they are at once, besides the default one; rooms that you are in. */
export const AcceptBody = Closed({
  rooms: Type.Optional(Type.Array(Id, { maxItems: limits.invites.rooms })),
})
export const AcceptAnswer = Closed({ person: Person })
/** `reason`: they are told; `ban`: their address is banned too, for limits.joinRequests.banMs. */
export const DeclineBody = Closed({
  reason: Type.Optional(Line(limits.bans.reasonChars)),
  ban: Type.Optional(Type.Boolean()),
})

export type AskBody = Static<typeof AskBody>
export type AskAnswer = Static<typeof AskAnswer>
export type AskedAnswer = Static<typeof AskedAnswer>
export type JoinRequest = Static<typeof JoinRequest>
export type JoinRequestsAnswer = Static<typeof JoinRequestsAnswer>
export type AcceptAnswer = Static<typeof AcceptAnswer>
export type DeclineBody = Static<typeof DeclineBody>
