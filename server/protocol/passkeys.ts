// Passkeys (WebAuthn): keys that somebody's devices keep. What is asked of a browser, and what it answers.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Id, Line, Nullable, Time } from './schema.ts'

const Password = Line(limits.passwordChars.max)
const Bytes = (max: number, description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]*$', maxLength: max, description: `${description}, as base64url` })
const Ticket = Type.String({ maxLength: 64, description: 'the `ticket` of the answer before' })
const CredentialId = Bytes(1_364, 'the id of the key')
const ClientData = Bytes(4_096, 'clientDataJSON')

export const PasskeyMade = Closed({
  id: CredentialId,
  clientDataJSON: ClientData,
  attestationObject: Bytes(16_384, 'attestationObject'),
  transports: Type.Array(Type.String({ pattern: '^[a-z-]{1,16}$' }), { maxItems: 6 }),
})
/** `userHandle`: empty where the device says nothing. */
export const PasskeyUsed = Closed({
  id: CredentialId,
  clientDataJSON: ClientData,
  authenticatorData: Bytes(4_096, 'authenticatorData'),
  signature: Bytes(4_096, 'signature'),
  userHandle: Bytes(128, 'userHandle'),
})

/** The name is the person's own: what they call the device. `usedAt`: null if it has not been used yet. */
export const Passkey = Closed({
  id: Id,
  name: Type.String(),
  createdAt: Time,
  usedAt: Nullable(Time),
  here: Type.Boolean({ description: 'it belongs to the name under which you ask' }),
})

/** In the JSON form of WebAuthn, for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`. */
export const PasskeyOptions = Type.Record(Type.String(), Type.Unknown())
/** `options`: good once, together with the ticket, for limits.identity.passkeyMs. */
export const PasskeyOptionsAnswer = Closed({ ticket: Type.String(), options: PasskeyOptions })
export const PasskeyBeginBody = Closed({ password: Password })
export const PasskeyBody = Closed({ ticket: Ticket, name: Line(limits.nameChars), made: PasskeyMade })
/** The recovery codes are there with the first second factor, this once. */
export const PasskeyAnswer = Closed({
  passkey: Passkey,
  recoveryCodes: Type.Optional(Type.Array(Type.String())),
})
export const PasskeyParams = Closed({ passkey: Id })
export const PasskeyNameBody = Closed({ name: Line(limits.nameChars) })
export const PasskeyRemoveBody = Closed({ password: Password })

/** With `ticket`, of `second_factor_needed`: a passkey of that person. */
export const PasskeySignInBody = Closed({ ticket: Type.Optional(Ticket) })
export const PasskeyUseBody = Closed({ ticket: Ticket, used: PasskeyUsed })
export const WaysBody = Closed({ ticket: Ticket })
/** What the second step can be, besides a recovery code: a code of the app, a passkey under this name. */
export const WaysAnswer = Closed({ app: Type.Boolean(), passkey: Type.Boolean() })

export type Passkey = Static<typeof Passkey>
export type PasskeyMade = Static<typeof PasskeyMade>
export type PasskeyUsed = Static<typeof PasskeyUsed>
export type PasskeyOptions = Static<typeof PasskeyOptions>
export type PasskeyOptionsAnswer = Static<typeof PasskeyOptionsAnswer>
export type PasskeyAnswer = Static<typeof PasskeyAnswer>
export type WaysAnswer = Static<typeof WaysAnswer>
