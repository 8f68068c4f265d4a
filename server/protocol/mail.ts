// Mail: the address of an account, and the links that are mailed.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Line, Nullable, Time } from './schema.ts'

const MailAddressText = Type.String({
  maxLength: 320,
  description: 'a mail address',
  examples: ['ann@example.org'],
})
const LinkCode = Type.String({ maxLength: 64, description: 'what stands behind the # of the link' })

/** One's own; nobody else is told. `pending`: it is yours once you have opened the link that was sent to it. */
export const MailAnswer = Closed({
  address: Nullable(Type.String()),
  pending: Nullable(Closed({ address: Type.String(), until: Time })),
})
/** `password`: of whoever has one. Whoever comes by the identity provider has done so just now. */
export const MailBody = Closed({
  address: MailAddressText,
  password: Type.Optional(Line(limits.passwordChars.max)),
})
export const NoMailBody = Closed({ password: Type.Optional(Line(limits.passwordChars.max)) })
export const MailLanguageBody = Closed({
  language: Type.Union([Type.Literal('en'), Type.Literal('zh')]),
})

/** The answer is the same whether there is somebody with this address or not. */
export const MailAskBody = Closed({ address: MailAddressText })
export const MailCodeBody = Closed({ code: LinkCode })
/** `address`: it confirms one, of the person called `name`; `join`: it lets somebody in. */
export const MailLinkAnswer = Closed({
  kind: Type.Union([Type.Literal('address'), Type.Literal('join')]),
  address: Type.String(),
  name: Type.String({ description: 'whose address it becomes; empty where somebody is about to join' }),
})
export const MailEnterBody = Closed({
  code: LinkCode,
  name: Line(limits.nameChars),
  password: Line(limits.passwordChars.max),
})

export type MailAnswer = Static<typeof MailAnswer>
export type MailLinkAnswer = Static<typeof MailLinkAnswer>
