// A push service of the test's own, and devices that subscribe there: it takes what Brook posts, and each device decrypts it as a
// browser would (RFC 8188, 8291) and checks who has sent it (RFC 8292).
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GonePush, PushPayload, ShownPush } from '../../server/protocol/push-payload.ts'
import type { Person } from './person.ts'

export interface Posted {
  headers: IncomingHttpHeaders
  payload: PushPayload
  /** Milliseconds since 1970. */
  at: number
}

export class PushDevice {
  readonly endpoint: string
  readonly #ecdh = createECDH('prime256v1')
  readonly #auth = randomBytes(16)
  /** What the service took for it, in order. */
  readonly got: Posted[] = []
  /** Everything that was posted for it, also what was refused. */
  readonly tried: Posted[] = []
  /** How the service answers; by default 201. */
  answers: (response: ServerResponse, request: IncomingMessage) => void = (response) => {
    response.statusCode = 201
    response.end()
  }

  constructor(endpoint: string) {
    this.endpoint = endpoint
    this.#ecdh.generateKeys()
  }

  get subscription() {
    const keys = {
      p256dh: this.#ecdh.getPublicKey().toString('base64url'),
      auth: this.#auth.toString('base64url'),
    }
    return { endpoint: this.endpoint, keys, language: 'en' as const }
  }

  /** What it was to show, in order. */
  get shown(): ShownPush[] {
    return this.got.flatMap(({ payload }) => (payload.type === 'show' ? [payload] : []))
  }

  get gone(): GonePush[] {
    return this.got.flatMap(({ payload }) => (payload.type === 'gone' ? [payload] : []))
  }

  open(body: Buffer): PushPayload {
    const salt = body.subarray(0, 16)
    const keyBytes = body.readUInt8(20)
    const sender = body.subarray(21, 21 + keyBytes)
    const sealed = body.subarray(21 + keyBytes)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#ecdh.getPublicKey(), sender])
    const secret = Buffer.from(hkdfSync('sha256', this.#ecdh.computeSecret(sender), this.#auth, info, 32))
    const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16))
    const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12))
    const decipher = createDecipheriv('aes-128-gcm', key, nonce)
    decipher.setAuthTag(sealed.subarray(-16))
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
    return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString()) as PushPayload
  }

  /** Turns it on for this person's session. */
  async subscribes(person: Person, language: 'en' | 'zh' = 'en'): Promise<void> {
    const { status, body } = await person.ask('POST', '/api/push/subscriptions', {
      ...this.subscription,
      language,
    })
    if (status !== 200) throw new Error(`not subscribed: ${status} ${JSON.stringify(body)}`)
  }
}

export class PushService {
  readonly #server: Server
  readonly #devices = new Map<string, PushDevice>()
  #made = 0
  /** Requests at paths that are no device. */
  strays = 0

  private constructor(server: Server) {
    this.#server = server
  }

  static async up(): Promise<PushService> {
    const server = createServer()
    const service = new PushService(server)
    server.on('request', (request, response) => service.#take(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return service
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  makes(): PushDevice {
    this.#made += 1
    const path = `/device/${this.#made}`
    const device = new PushDevice(this.origin + path)
    this.#devices.set(path, device)
    return device
  }

  async goesDown(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const device = this.#devices.get(request.url ?? '')
      if (device === undefined) {
        this.strays += 1
        return void response.writeHead(404).end()
      }
      const payload = device.open(Buffer.concat(chunks))
      const posted = { headers: request.headers, payload, at: Date.now() }
      device.tried.push(posted)
      response.on('finish', () => {
        if (response.statusCode < 300) device.got.push(posted)
      })
      device.answers(response, request)
    })
  }
}

/** What the header says of its sender, once its signature is checked. */
export function senderOf(headers: IncomingHttpHeaders): {
  aud: string
  sub: string
  exp: number
  key: string
} {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization ?? '') ?? []
  const [head = '', body = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const publicKey = createPublicKey({
    key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' },
    format: 'jwk',
  })
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isSigned) throw new Error('the signature is not that of the key')
  return {
    ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as { aud: string; sub: string; exp: number }),
    key,
  }
}
