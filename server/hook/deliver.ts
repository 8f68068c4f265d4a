// One delivery of an outgoing webhook: signed, bounded in time and bytes, without following redirects. Uses no store.
import { createHmac } from 'node:crypto'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { toEvent } from '../protocol/entries/index.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { publicLookup, refuseUrl } from '../address-guard.ts'
import { within } from '../within.ts'

export interface Address {
  url: string
  secret: string
  /** WEBHOOK_PRIVATE=on: loopback and private networks are allowed too. */
  mayBePrivate: boolean
}

/** `taken`: 2xx. `failed`: to be retried. `gone`: 410, never again. */
export type Outcome =
  | { state: 'taken'; status: number }
  | { state: 'gone'; status: number }
  | { state: 'failed'; status?: number; error: string; retryAfterMs?: number }

/** `X-Brook-Signature`: the time in seconds, and HMAC-SHA256 over "time.body" as hex. */
export function signature(secret: string, body: string, now: number = Date.now()): string {
  const time = Math.floor(now / 1_000)
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`
}

/** Which webhook delivers, and how often it was asked to begin again. */
export interface HookOfDelivery {
  id: string
  replays: number
}

/** Receivers use it to recognise a message that is delivered twice; what is asked for again has another one. */
export const deliveryId = ({ id, replays }: HookOfDelivery, room: string, seq: number): string =>
  [id, room, seq, ...(replays === 0 ? [] : [replays])].join('-')

export interface Delivery {
  hook: HookOfDelivery
  room: string
  message: SpokenMessage
  /** Where people reach this Brook; '': not known, then addresses are paths. */
  origin: string
}

/** Posts one message of a room, in the form the socket uses, and always with `replyTo`. Never throws. */
export async function deliver(
  { url, secret, mayBePrivate }: Address,
  { hook, room, message, origin }: Delivery,
  signal: AbortSignal,
): Promise<Outcome> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const refused = parsed === undefined ? 'bad_url' : refuseUrl(parsed, mayBePrivate)
  if (parsed === undefined || refused !== undefined)
    return { state: 'failed', error: refused === 'private_url' ? 'private address' : 'bad address' }
  const delivery = deliveryId(hook, room, message.seq)
  const said = { replyTo: message.replyTo, ...toEvent(room, message), ...filesOf(message, origin) }
  const body = JSON.stringify({ delivery, ...said })
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Brook-Webhook/1',
    'x-brook-delivery': delivery,
    'x-brook-hook': hook.id,
    'x-brook-signature': signature(secret, body),
  }
  try {
    const response = await within(limits.hooks.timeoutMs, signal, (ends) =>
      post(parsed, { headers, body, signal: ends, mayBePrivate }),
    )
    return outcomeOf(response)
  } catch (error) {
    return { state: 'failed', error: wordOf(error as NodeJS.ErrnoException) }
  }
}

/** Each with the address of its bytes, which whoever may read the message gets: a bot in the room, with its token. */
const filesOf = ({ files }: SpokenMessage, origin: string): object =>
  files === undefined
    ? {}
    : { files: files.map((file) => ({ ...file, url: `${origin}/api/files/${file.id}/content` })) }

interface Post {
  headers: Record<string, string | number>
  body: string
  signal: AbortSignal
  mayBePrivate: boolean
}

/** The head of the response, once its body has ended or is longer than needed. */
function post(url: URL, { headers, body, signal, mayBePrivate }: Post): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers,
      signal,
      maxHeaderSize: limits.hooks.answerBytes,
      agent: false as const,
    }
    const sent = request(url, mayBePrivate ? options : { ...options, lookup: publicLookup })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let bytes = 0
      response.on('error', reject)
      response.on('end', () => resolve(response))
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes <= limits.hooks.answerBytes) return
        // Its status is known; the rest is not read.
        response.removeAllListeners('error').on('error', () => undefined)
        sent.destroy()
        resolve(response)
      })
    })
    sent.end(body)
  })
}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { state: 'taken', status }
  if (status === 410) return { state: 'gone', status }
  const error = status >= 300 && status < 400 ? 'redirects are not followed' : `HTTP ${status}`
  const seconds = Number(headers['retry-after'])
  const wait = (status === 429 || status === 503) && seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {}
  return { state: 'failed', status, error, ...wait }
}

function wordOf(error: NodeJS.ErrnoException): string {
  if (error.name === 'PrivateAddress') return 'private address'
  if (error.name === 'TimeoutError' || (error.cause as Error | undefined)?.name === 'TimeoutError')
    return `no answer within ${limits.hooks.timeoutMs / 1_000} s`
  return words[error.code ?? ''] ?? (error.code ?? error.message).slice(0, 200)
}

/** Explanations for the webhook's page; other codes are shown as they are. */
const words: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be looked up right now',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'no way to that host',
}
