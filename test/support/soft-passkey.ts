// A passkey without a device: a key that signs what a browser would have a device sign (WebAuthn, ES256), also wrongly.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import type { PasskeyMade, PasskeyOptions, PasskeyUsed } from '../../server/protocol/passkeys.ts'

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** Of the authenticator data: somebody was there, and has shown who they are; a key follows. */
const flags = { present: 0x01, verified: 0x04, key: 0x40 }

export interface Signing {
  /** Of the page that asks. */
  origin: string
  /** Nobody has shown the device who they are. */
  isUnverified?: boolean
  /** What the device says it has signed; without it, one more than before. */
  counter?: number
}

export class SoftPasskey {
  readonly id = randomBytes(32)
  counter = 0
  #handle = ''
  #rpId = ''
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#privateKey = privateKey
    this.#publicKey = publicKey
  }

  makes(options: PasskeyOptions, { origin, isUnverified = false }: Signing): PasskeyMade {
    const { rp, user, challenge } = options as { rp: { id: string }; user: { id: string }; challenge: string }
    this.#rpId = rp.id
    this.#handle = user.id
    const { x = '', y = '' } = this.#publicKey.export({ format: 'jwk' })
    const bytes = (part: string) => Uint8Array.from(Buffer.from(part, 'base64url'))
    const key = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytes(x)],
        [-3, bytes(y)],
      ]),
    )
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const data = Buffer.concat([
      this.#data(flags.present + flags.key + (isUnverified ? 0 : flags.verified), 0),
      Buffer.alloc(16),
      length,
      this.id,
      key,
    ])
    const attestation = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', Uint8Array.from(data)],
      ]) as Parameters<typeof isoCBOR.encode>[0],
    )
    return {
      id: text(this.id),
      clientDataJSON: this.#client('webauthn.create', challenge, origin),
      attestationObject: text(attestation),
      transports: ['internal'],
    }
  }

  signs(
    { challenge }: PasskeyOptions,
    { origin, isUnverified = false, counter = this.counter + 1 }: Signing,
  ): PasskeyUsed {
    this.counter = counter
    const clientDataJSON = this.#client('webauthn.get', String(challenge), origin)
    const data = this.#data(flags.present + (isUnverified ? 0 : flags.verified), counter)
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))])
    return {
      id: text(this.id),
      clientDataJSON,
      authenticatorData: text(data),
      signature: text(sign('sha256', signed, this.#privateKey)),
      userHandle: this.#handle,
    }
  }

  #client(type: string, challenge: string, origin: string): string {
    return text(Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })))
  }

  #data(flag: number, counter: number): Buffer {
    const rest = Buffer.alloc(5)
    rest.writeUInt8(flag)
    rest.writeUInt32BE(counter, 1)
    return Buffer.concat([sha256(this.#rpId), rest])
  }
}
