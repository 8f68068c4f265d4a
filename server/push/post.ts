// One push message to one device: encrypted for it, bounded in time and bytes, without following redirects. Uses no store.
import {
  Agent as HttpAgent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import webPush from 'web-push'
import { publicLookup, refuseUrl } from '../address-guard.ts'
import { limits } from '../protocol/limits.ts'
import type { PushPayload } from '../protocol/push-payload.ts'
import { retryAfterMs } from './retry-after.ts'
import type { Vapid } from './vapid.ts'

export interface Target {
  endpoint: string
  p256dh: Buffer
  auth: Buffer
}

/**
 * `taken`: the service has it. `gone`: there is no such device any more. `refused`: it will never take this message.
 * `failed`: to be tried again.
 */
export type Outcome =
  | { state: 'taken' }
  | { state: 'gone' }
  | { state: 'refused'; error: string }
  | { state: 'failed'; error: string; afterMs?: number }

export interface Letter {
  payload: PushPayload
  /** How long the service keeps it for a device that is off. */
  ttlMs: number
  urgency: 'normal' | 'high'
  /** What it replaces, if the device has not had that yet. */
  topic: string
}

export interface PosterDeps {
  vapid: Pick<Vapid, 'authorization'>
  /** WEBHOOK_PRIVATE=on. */
  mayBePrivate: boolean
}

export class Poster {
  readonly #deps: PosterDeps
  readonly #agents: { http: HttpAgent; https: HttpsAgent }
  readonly #underWay = new Set<ClientRequest>()
  #isClosed = false

  constructor(deps: PosterDeps) {
    this.#deps = deps
    const options = { keepAlive: true, maxFreeSockets: limits.push.lane.requests, timeout: 30_000 }
    const guarded = deps.mayBePrivate ? options : { ...options, lookup: publicLookup }
    this.#agents = { http: new HttpAgent(options), https: new HttpsAgent(guarded) }
  }

  /** Never throws. */
  async post({ endpoint, p256dh, auth }: Target, letter: Letter): Promise<Outcome> {
    try {
      const url = new URL(endpoint)
      const refused = refuseUrl(url, this.#deps.mayBePrivate)
      const isPlain = url.protocol !== 'https:' && !this.#deps.mayBePrivate
      if (refused !== undefined || isPlain) return { state: 'refused', error: 'private address' }
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url') } },
        JSON.stringify(letter.payload),
        {
          TTL: Math.max(0, Math.ceil(letter.ttlMs / 1_000)),
          urgency: letter.urgency,
          topic: letter.topic,
          contentEncoding: 'aes128gcm',
          headers: { Authorization: await this.#deps.vapid.authorization(endpoint) },
        },
      )
      return outcomeOf(await this.#send(url, headers as Record<string, string | number>, body))
    } catch (error) {
      return { state: 'failed', error: wordOf(error as NodeJS.ErrnoException) }
    }
  }

  /** Aborts what is under way; it counts as failed. */
  close(): void {
    this.#isClosed = true
    for (const request of this.#underWay) request.destroy()
    this.#agents.http.destroy()
    this.#agents.https.destroy()
  }

  /** The head of the answer, once its body has ended or is longer than needed. */
  #send(url: URL, headers: Record<string, string | number>, body: Buffer | null): Promise<IncomingMessage> {
    const [request, agent] =
      url.protocol === 'https:' ? [requestHttps, this.#agents.https] : [requestHttp, this.#agents.http]
    return new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', headers, agent, maxHeaderSize: limits.push.answerBytes })
      // Trap: in Node 20 a signal of AbortSignal.any may be collected as garbage, and never comes.
      const late = setTimeout(() => sent.destroy(new Late()), limits.push.timeoutMs)
      this.#underWay.add(sent)
      sent.on('close', () => {
        clearTimeout(late)
        this.#underWay.delete(sent)
      })
      sent.on('error', reject)
      sent.on('response', (response) => {
        let bytes = 0
        response.on('error', reject)
        response.on('end', () => resolve(response))
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes <= limits.push.answerBytes) return
          // Its status is known; the rest is not read.
          response.removeAllListeners('error').on('error', () => undefined)
          resolve(response)
          sent.destroy()
        })
      })
      if (this.#isClosed) sent.destroy()
      sent.end(body ?? undefined)
    })
  }
}

class Late extends Error {}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { state: 'taken' }
  if (status === 404 || status === 410) return { state: 'gone' }
  const after = retryAfterMs(headers['retry-after'])
  const error = status >= 300 && status < 400 ? 'redirects are not followed' : `HTTP ${status}`
  if (status === 408 || status === 429 || status >= 500)
    return { state: 'failed', error, ...(after === undefined ? {} : { afterMs: after }) }
  return { state: 'refused', error }
}

function wordOf(error: NodeJS.ErrnoException): string {
  if (error.name === 'PrivateAddress') return 'private address'
  if (error instanceof Late) return `no answer within ${limits.push.timeoutMs / 1_000} s`
  return (error.code ?? error.message).slice(0, 100)
}
