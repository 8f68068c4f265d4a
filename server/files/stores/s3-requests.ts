// Requests to an S3 server: signed, with a time limit, and asked again where that can help. Only S3Store and its parts use it.
import { createHash } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import { FairGate } from '../../channel/fair-gate.ts'
import type { S3Config } from '../../config-s3.ts'
import type { Outages } from '../../logging/outages.ts'
import { BlobsAway } from './blobs-away.ts'
import { textOf } from './s3-xml.ts'

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** As BlobStore has it; undefined: the bucket itself. */
  key?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Buffer
}

export interface S3Limits {
  /** Until there is a connection. */
  connectMs: number
  /** Without a byte in either direction. */
  idleMs: number
  /** How often one request is made in all. */
  tries: number
  /** Before the second try; longer before each next one. */
  pauseMs: number
  /** After a request that failed each time, the next ones fail at once for so long: nobody waits for what does not answer. */
  restMs: number
  /** Of one page of a list. */
  pageKeys: number
}

const limits: S3Limits = {
  connectMs: 5_000,
  idleMs: 30_000,
  tries: 3,
  pauseMs: 200,
  restMs: 2_000,
  pageKeys: 1_000,
}
/** An answer that is not a file: a page of a list is the largest, of a thousand keys. */
const maxTextBytes = 4 * 1024 * 1024
/** Bodies in memory at a time: of 8 MiB at most, as in s3-parts. The uploads take turns. */
const bodiesInMemory = { atOnce: 4, ofOne: 2, waiting: Infinity }
const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408

export class S3Requests {
  readonly limits: S3Limits
  readonly #config: S3Config
  readonly #agent: http.Agent
  readonly #outages: Outages | undefined
  /** As an outage is told. */
  readonly #name: string
  readonly #bodies = new FairGate(bodiesInMemory)
  #restsUntil = 0

  /** `outages` is told when it is away, and when it is back. */
  constructor(config: S3Config, some: Partial<S3Limits> = {}, outages?: Outages) {
    this.#config = config
    this.#outages = outages
    this.#name = `The object store at ${new URL(config.endpoint).host}`
    this.limits = { ...limits, ...some }
    const { Agent } = config.endpoint.startsWith('https:') ? https : http
    this.#agent = new Agent({ keepAlive: true, maxFreeSockets: 16 })
  }

  get prefix(): string {
    return this.#config.prefix
  }

  /** The head of the answer, whose body the caller reads; undefined: 404. @throws BlobsAway */
  async open(request: S3Request): Promise<http.IncomingMessage | undefined> {
    if (performance.now() < this.#restsUntil) throw new BlobsAway('the object store does not answer')
    for (let tried = 1; ; tried += 1) {
      const { answer, why } = await this.#ask(request)
      if (answer !== undefined) return answer === 'missing' ? undefined : answer
      if (tried >= this.limits.tries) {
        this.#restsUntil = performance.now() + this.limits.restMs
        throw new BlobsAway(`the object store does not answer: ${why}`)
      }
      await pause(this.limits.pauseMs * 2 ** (tried - 1) * (0.5 + Math.random()))
    }
  }

  /** The same with the body as text. @throws BlobsAway */
  async ask(request: S3Request): Promise<{ text: string; headers: http.IncomingHttpHeaders } | undefined> {
    const answer = await this.open(request)
    if (answer === undefined) return undefined
    try {
      return { text: await textIn(answer), headers: answer.headers }
    } catch (error) {
      throw new BlobsAway(`the object store broke off: ${(error as Error).message}`)
    }
  }

  /** Does what has a body in memory, once there is room for it. */
  async inMemory<T>(key: string, work: () => Promise<T>): Promise<T> {
    const leave = await this.#bodies.enter(key)
    try {
      return await work()
    } finally {
      leave?.()
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  /** One try. No `answer`: it failed in a way that may pass. @throws BlobsAway if it will not */
  async #ask(request: S3Request): Promise<{ answer?: http.IncomingMessage | 'missing'; why?: string }> {
    const began = performance.now()
    let answer: http.IncomingMessage
    try {
      answer = await this.#send(request)
    } catch (error) {
      return this.#failed((error as NodeJS.ErrnoException).code ?? (error as Error).message)
    }
    const { statusCode: status = 0 } = answer
    if (status >= 200 && status < 300) {
      this.#outages?.works(this.#name, began)
      return { answer }
    }
    const text = await textIn(answer).catch(() => '')
    const code = textOf(text, 'Code') ?? String(status)
    if (status === 404 && code !== 'NoSuchBucket') return { answer: 'missing' }
    const failed = this.#failed(code)
    if (isPassing(status)) return failed
    throw new BlobsAway(`the object store refuses: ${code}`)
  }

  #failed(why: string): { why: string } {
    this.#outages?.failed(this.#name, why)
    return { why }
  }

  async #send({ method, key, query = {}, headers = {}, body }: S3Request): Promise<http.IncomingMessage> {
    const { region, key: accessKeyId, secret: secretAccessKey } = this.#config
    const signer = new AwsV4Signer({
      method,
      url: this.#urlOf(key, query).href,
      headers: { ...headers, 'x-amz-content-sha256': hashOf(body) },
      accessKeyId,
      secretAccessKey,
      region,
      service: 's3',
    })
    const signed = await signer.sign()
    const { connectMs, idleMs } = this.limits
    return new Promise((resolve, reject) => {
      const { request: send } = signed.url.protocol === 'https:' ? https : http
      const asked = send(signed.url, {
        method,
        agent: this.#agent,
        timeout: idleMs,
        headers: {
          ...Object.fromEntries(signed.headers),
          ...(method === 'PUT' || method === 'POST' ? { 'content-length': body?.length ?? 0 } : {}),
        },
      })
      asked.once('socket', (socket) => {
        if (!socket.connecting) return
        const late = setTimeout(() => asked.destroy(new Error('no connection')), connectMs)
        socket.once('connect', () => clearTimeout(late)).once('close', () => clearTimeout(late))
      })
      asked.once('timeout', () => asked.destroy(new Error('no answer')))
      asked.once('response', resolve).on('error', reject)
      asked.end(body)
    })
  }

  #urlOf(key: string | undefined, query: Record<string, string>): URL {
    const { endpoint, bucket, prefix, style } = this.#config
    const url = new URL(endpoint)
    if (style === 'host') url.host = `${bucket}.${url.host}`
    const path = key === undefined ? '' : `/${prefix}${key}`
    url.pathname = style === 'host' ? path : `/${bucket}${path}`
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return url
  }
}

const hashOf = (body: Buffer | undefined): string =>
  createHash('sha256')
    .update(body ?? '')
    .digest('hex')

async function textIn(answer: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxTextBytes) {
      answer.destroy()
      throw new Error('an answer that is too long')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
