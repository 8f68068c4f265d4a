// Who sends: the key by which push services know this Brook (VAPID, RFC 8292). Made from a secret of the server at the first
// need; all servers have the same. Lost, it ends every subscription.
import { createECDH, createHash } from 'node:crypto'
import webPush from 'web-push'
import type { ServerKeys } from '../server-keys.ts'

interface Pair {
  publicKey: string
  privateKey: string
}

/** A header is good for half a day (a service takes at most a day), and made anew after half of that. */
const goodForMs = 12 * 60 * 60_000
const maxOrigins = 1_000

export class Vapid {
  readonly #keys: Pick<ServerKeys, 'of'>
  readonly #subject: string
  #pair: Pair | undefined
  readonly #headers = new Map<string, { header: string; madeAt: number }>()

  /** `publicUrl`: whom a push service can turn to. Without one, no service knows. */
  constructor(keys: Pick<ServerKeys, 'of'>, publicUrl: URL | undefined) {
    this.#keys = keys
    this.#subject = publicUrl?.protocol === 'https:' ? publicUrl.origin : 'mailto:brook@example.com'
  }

  /** As a browser takes it. @throws a lost connection, if MySQL is down and the secret is not known here */
  async publicKey(): Promise<string> {
    return (await this.#pairOf()).publicKey
  }

  /** The `Authorization` of a request to this address. Signing for each would cost more than encrypting. */
  async authorization(endpoint: string, now: number = Date.now()): Promise<string> {
    const { origin } = new URL(endpoint)
    const known = this.#headers.get(origin)
    if (known !== undefined && now - known.madeAt < goodForMs / 2) return known.header
    const { publicKey, privateKey } = await this.#pairOf()
    const expires = Math.floor((now + goodForMs) / 1_000)
    const { Authorization: header } = webPush.getVapidHeaders(
      origin,
      this.#subject,
      publicKey,
      privateKey,
      'aes128gcm',
      expires,
    )
    if (this.#headers.size >= maxOrigins) this.#headers.clear()
    this.#headers.set(origin, { header, madeAt: now })
    return header
  }

  async #pairOf(): Promise<Pair> {
    this.#pair ??= pairFrom(await this.#keys.of('push'))
    return this.#pair
  }
}

/** A secret is a private key, but for one in 2^32: then its hash is. */
function pairFrom(secret: Buffer): Pair {
  const ecdh = createECDH('prime256v1')
  try {
    ecdh.setPrivateKey(secret)
  } catch {
    return pairFrom(createHash('sha256').update(secret).digest())
  }
  return {
    publicKey: ecdh.getPublicKey().toString('base64url'),
    // Trap: Node leaves out leading zeros.
    privateKey: Buffer.concat([Buffer.alloc(32), ecdh.getPrivateKey()])
      .subarray(-32)
      .toString('base64url'),
  }
}
