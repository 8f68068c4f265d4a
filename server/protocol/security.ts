// How people prove who they are, besides a name: second factors, and what administrators ask of each other.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Id, Line, Nullable, Time } from './schema.ts'
import { KeptOut } from './moderation.ts'
import { Passkey } from './passkeys.ts'
import { User } from './people.ts'

const Password = Line(limits.passwordChars.max)
/** What an answer gave, to be sent with the next step. */
const TicketCode = Type.String({ maxLength: 64, description: 'the `ticket` of the answer before' })
/** Six digits of an authenticator app, or a recovery code. */
const FactorCode = Type.String({ maxLength: 64, description: 'of the authenticator app, or a recovery code' })

/** What somebody must do before they can do anything else. */
export const Needed = Type.Literal('second_factor')
/**
 * Null: nobody is signed in. `needs`: this person can reach nothing else until they have it; `ban`: what keeps whoever asks out.
 */
export const SessionAnswer = Closed({
  user: Nullable(User),
  needs: Type.Optional(Needed),
  ban: Type.Optional(KeptOut),
})

export const SecondStepBody = Closed({ ticket: TicketCode, code: FactorCode })

/**
 * One's own: whether there is a password, when the authenticator app was set up, how many recovery codes are left, and whether
 * the identity provider is connected; `provider` is null where there is none.
 */
export const SecurityAnswer = Closed({
  hasPassword: Type.Boolean(),
  totpSince: Nullable(Time),
  recoveryCodes: Type.Integer(),
  /** The oldest first. */
  passkeys: Type.Array(Passkey),
  provider: Nullable(Closed({ name: Type.String(), isConnected: Type.Boolean() })),
})
/**
 * The current password: nothing of these changes for whoever merely finds a browser open. Whoever has none, and signs in by the
 * identity provider, has done so within limits.identity.freshMs.
 */
export const ConfirmBody = Closed({ password: Password })
/** `secret`: in Base32, to be typed; `uri`: the same for a QR code. Good for a few minutes, until it is confirmed. */
export const TotpAnswer = Closed({ ticket: Type.String(), secret: Type.String(), uri: Type.String() })
export const TotpBody = Closed({ ticket: TicketCode, code: FactorCode })
/** Each is good once. They are shown only this once. */
export const RecoveryCodesAnswer = Closed({ recoveryCodes: Type.Array(Type.String()) })

export const ResetLinkParams = Closed({ person: Id })
/** `secondFactor`: theirs is taken away too, because they have lost it. */
export const ResetLinkBody = Closed({ secondFactor: Type.Optional(Type.Boolean()) })
export const ResetLinkAnswer = Closed({ url: Type.String(), expiresAt: Time })
const ResetCode = Type.String({ maxLength: 64, description: 'what stands behind the # of the link' })
export const ResetCodeBody = Closed({ reset: ResetCode })
export const ResetBody = Closed({ reset: ResetCode, password: Password })
/** Whose password it is. */
export const ResetAnswer = Closed({ name: Type.String() })

export const StartQuery = Closed({
  invite: Type.Optional(
    Type.String({ maxLength: 64, description: 'the code of the link by which they come' }),
  ),
})
/** Where the browser goes: an address at the provider. */
export const ProviderAnswer = Closed({ url: Type.String() })
export const ProvidedBody = Closed({ ticket: TicketCode })
export const ProvidedLinkBody = Closed({
  ticket: TicketCode,
  name: Line(limits.nameChars),
  password: Password,
})

/** A name and a password of the directory. `invite`: the code of the link by which they come. */
export const DirectoryBody = Closed({
  name: Type.String({ maxLength: 256 }),
  password: Password,
  invite: Type.Optional(Type.String({ maxLength: 64 })),
})
/** The ticket with which they say whether they have an account here already. */
export const ChooseAnswer = Closed({ choose: Type.String() })

/** `adminsNeedFactor`: administrators without a second factor can reach nothing but setting one up. */
export const SecurityRules = Closed({ adminsNeedFactor: Type.Boolean() })

export type ChooseAnswer = Static<typeof ChooseAnswer>
export type Needed = Static<typeof Needed>
export type SessionAnswer = Static<typeof SessionAnswer>
export type SecurityAnswer = Static<typeof SecurityAnswer>
export type TotpAnswer = Static<typeof TotpAnswer>
export type RecoveryCodesAnswer = Static<typeof RecoveryCodesAnswer>
export type ResetAnswer = Static<typeof ResetAnswer>
export type ResetLinkAnswer = Static<typeof ResetLinkAnswer>
export type ProviderAnswer = Static<typeof ProviderAnswer>
export type SecurityRules = Static<typeof SecurityRules>
