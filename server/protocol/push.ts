// Web push on the wire: the devices of a person that are told while no page is open.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Id, Nullable, Time } from './schema.ts'

/** As the browser's PushSubscription has them. */
export const PushSubscribeBody = Closed({
  endpoint: Type.String({
    maxLength: 2 * limits.push.endpointChars,
    description: 'the address at the push service, https',
    examples: ['https://push.example/device/1'],
  }),
  keys: Closed({
    p256dh: Type.String({ maxLength: 200, description: 'the public key of the browser, base64url' }),
    auth: Type.String({ maxLength: 100, description: 'the secret of the browser, base64url' }),
  }),
  /** In which what the server itself says is written. */
  language: Type.Enum(['en', 'zh']),
})
export const PushDevice = Closed({
  id: Id,
  /** The one that asks. */
  current: Type.Boolean(),
  agent: Type.String({ description: "the browser's description of itself, shortened" }),
  name: Nullable(Type.String({ description: 'what its owner calls it' })),
  createdAt: Time,
  failingSince: Nullable(Type.Integer({ description: 'since when nothing has reached it' })),
  failure: Nullable(Type.String()),
})
/** `publicKey`: for the browser's `subscribe`, base64url. */
export const PushAnswer = Closed({ publicKey: Type.String(), devices: Type.Array(PushDevice) })
export const PushSubscribeAnswer = Closed({ device: PushDevice })
export const PushRemoveQuery = Closed({
  id: Type.Optional(
    Type.Unsafe<string>({ ...Id, description: 'of a device; without it, the one that asks' }),
  ),
})

export type PushSubscribeBody = Static<typeof PushSubscribeBody>
export type PushDevice = Static<typeof PushDevice>
export type PushAnswer = Static<typeof PushAnswer>
export type PushSubscribeAnswer = Static<typeof PushSubscribeAnswer>
export type PushLanguage = PushSubscribeBody['language']
