// Webhooks as the browser sees them. A secret is in one answer only: the one that created it.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Id, Line, Nullable, Seq, Time } from './schema.ts'

/** `user`: whose its messages are, and its face is. */
export const IncomingHook = Closed({ id: Id, user: Id, name: Type.String(), createdAt: Time })
export type IncomingHook = Static<typeof IncomingHook>

const Word = Type.String({ minLength: 1, maxLength: limits.hooks.wordChars })
/** `starts`: messages whose first word is this one; `mentions`: messages with `@word`. */
export const HookFilter = Type.Union([
  Closed({ kind: Type.Literal('all') }),
  Closed({ kind: Type.Literal('starts'), word: Word }),
  Closed({ kind: Type.Literal('mentions'), word: Word }),
])
export type HookFilter = Static<typeof HookFilter>

/**
 * `asked`: by a person; `gone`: the receiver answered 410; `failing`: it failed for limits.hooks.giveUpMs; `unowned`: whoever made
 * it, or resumed it last, manages the room's webhooks no more.
 */
export const PausedWhy = Type.Union([
  Type.Literal('asked'),
  Type.Literal('gone'),
  Type.Literal('failing'),
  Type.Literal('unowned'),
])
export type PausedWhy = Static<typeof PausedWhy>

/**
 * `cursor`: everything up to it is delivered. `behind`: entries of the room after it; `behindSince`: when the first
 * of them was sent. `retryAt` is set while it waits after a failure.
 */
export const OutgoingHook = Closed({
  id: Id,
  url: Type.String(),
  filter: HookFilter,
  cursor: Seq,
  behind: Type.Integer({ minimum: 0 }),
  behindSince: Nullable(Time),
  paused: Nullable(PausedWhy),
  failures: Type.Integer(),
  retryAt: Nullable(Time),
  lastStatus: Nullable(Type.Integer()),
  lastError: Nullable(Type.String()),
  lastAt: Nullable(Time),
  delivered: Type.Integer(),
  createdAt: Time,
})
export type OutgoingHook = Static<typeof OutgoingHook>

export const HooksAnswer = Closed({
  incoming: Type.Array(IncomingHook),
  outgoing: Type.Array(OutgoingHook),
  head: Seq,
})
export type HooksAnswer = Static<typeof HooksAnswer>

export const HookParams = Closed({ room: Id, hook: Id })
export const IncomingBody = Closed({ name: Line(limits.nameChars) })
export const IncomingAnswer = Closed({ hook: IncomingHook })
/** `path`: the address after the server's own, including the secret. */
export const OpenedAnswer = Closed({ hook: IncomingHook, path: Type.String() })
export type OpenedAnswer = Static<typeof OpenedAnswer>

export const OutgoingBody = Closed({
  url: Type.String({ maxLength: 4 * limits.hooks.urlChars }),
  filter: Type.Optional(HookFilter),
})
export const SignedAnswer = Closed({ hook: OutgoingHook, secret: Type.String() })
export type SignedAnswer = Static<typeof SignedAnswer>
export const OutgoingAnswer = Closed({ hook: OutgoingHook })
export type OutgoingAnswer = Static<typeof OutgoingAnswer>
export const PausedBody = Closed({ paused: Type.Boolean() })
/** The number of the first message that is delivered again. */
export const ReplayBody = Closed({ from: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
