// Signing in a phone by a code on a screen that is signed in; and the names of devices.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { User } from './people.ts'
import { Closed, Id, Line, Nullable, Time } from './schema.ts'

const Code = Type.String({ maxLength: 64, description: 'what stands behind the # of the address' })

/** `url`: to be shown as a QR code; good once, for limits.identity.deviceMs. */
export const DeviceLinkAnswer = Closed({ id: Id, url: Type.String(), expiresAt: Time })
export const DeviceLinkParams = Closed({ link: Id })
/** `opened`: by this device, which waits; `over`: the device is in, or the time is up. */
export const DeviceLinkState = Closed({
  state: Type.Union([Type.Literal('waiting'), Type.Literal('opened'), Type.Literal('over')]),
  device: Nullable(Closed({ agent: Type.String(), address: Type.String() })),
})
/** `look`: whether it is still good; nothing is used up. */
export const DeviceOpenBody = Closed({ code: Code, look: Type.Optional(Type.Literal(true)) })
/** `claim`: '' for a look; of this device alone, to be sent until the other screen has confirmed it. `name`: who is signed in there. */
export const DeviceOpenAnswer = Closed({ claim: Type.String(), name: Type.String(), expiresAt: Time })
export const DeviceEnterBody = Closed({
  claim: Type.String({ maxLength: 64, description: 'the `claim` of the answer before' }),
})
/** Null: it is not confirmed yet. */
export const DeviceEnterAnswer = Closed({ user: Nullable(User) })
/** Null: by its browser again. */
export const DeviceNameBody = Closed({ name: Nullable(Line(limits.nameChars)) })

export type DeviceLinkAnswer = Static<typeof DeviceLinkAnswer>
export type DeviceLinkState = Static<typeof DeviceLinkState>
export type DeviceOpenAnswer = Static<typeof DeviceOpenAnswer>
export type DeviceEnterAnswer = Static<typeof DeviceEnterAnswer>
