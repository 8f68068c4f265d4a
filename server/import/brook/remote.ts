// Calls another Brook's public API. Temporary failures are retried; others end the import.
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { setTimeout as pause } from 'node:timers/promises'
import { within } from '../../within.ts'
import { ImportError } from '../source.ts'

export interface RemoteOptions {
  /** Its URL, without a path. */
  address: string
  /** The token of a bot's or a person's session there. */
  token: string
  say: (line: string) => void
  fetch?: typeof fetch
  /** For tests: how long to wait before a request is repeated. */
  waitMs?: (tries: number, retryAfterMs: number | undefined) => number
}

const answerWithinMs = 30_000
/** With the delays below, some three minutes: a restart or a short outage is over by then. */
const maxTries = 10
const longestWaitMs = 30_000
/** A page of 200 messages of 16 KiB each has at most 10 MB with JSON's escapes. */
const maxBytes = 32 * 1024 * 1024

/**
 * Doubles with jitter from half a second; or what the other side asks for, if that is longer and below a minute or
 * two.
 */
const defaultWait = (tries: number, retryAfterMs: number | undefined): number => {
  const own = Math.min(longestWaitMs, 500 * 2 ** tries) * (0.5 + Math.random() / 2)
  return Math.max(own, Math.min(retryAfterMs ?? 0, 4 * longestWaitMs))
}

type Asked<Read> = { answer: Read } | { again: string; afterMs?: number }

class NotThere extends ImportError {}

export class Remote {
  readonly #options: RemoteOptions

  constructor(options: RemoteOptions) {
    this.#options = options
  }

  /** The answer to GET of this path, as JSON. @throws ImportError */
  async get(path: string, signal: AbortSignal): Promise<unknown> {
    return this.#have(path, signal, (bytes) => JSON.parse(bytes.toString()) as unknown)
  }

  /** The same; undefined: there is no such path, or not for this token. */
  async find(path: string, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.get(path, signal)
    } catch (error) {
      if (error instanceof NotThere) return undefined
      throw error
    }
  }

  /** The bytes of this path; undefined: there is nothing. */
  async bytes(path: string, signal: AbortSignal): Promise<Buffer | undefined> {
    try {
      return await this.#have(path, signal, (bytes) => bytes)
    } catch (error) {
      if (error instanceof NotThere) return undefined
      throw error
    }
  }

  async #have<Read>(path: string, signal: AbortSignal, read: (bytes: Buffer) => Read): Promise<Read> {
    const { waitMs = defaultWait, say } = this.#options
    for (let tries = 0; ; tries += 1) {
      const asked = await this.#ask(path, signal, read)
      if ('answer' in asked) return asked.answer
      if (tries + 1 >= maxTries)
        throw new ImportError(`${this.#options.address} does not respond: ${asked.again}`)
      if (tries === 2) say(`${this.#options.address}: ${asked.again}; retrying`)
      await pause(waitMs(tries, asked.afterMs), undefined, { signal })
    }
  }

  /** The bytes of a file, as they come; or why they are not to be had. Temporary failures are retried until the first byte. */
  async stream(path: string, signal: AbortSignal): Promise<Readable | string> {
    const { address, token, fetch: ask = fetch, waitMs = defaultWait } = this.#options
    for (let tries = 0; ; tries += 1) {
      const late = new AbortController()
      const timer = setTimeout(() => late.abort(), answerWithinMs)
      try {
        const response = await ask(address + path, {
          headers: { authorization: `Bearer ${token}` },
          redirect: 'error',
          signal: AbortSignal.any([signal, late.signal]),
        })
        if (response.status === 200 && response.body !== null)
          return Readable.fromWeb(response.body as WebStream)
        await response.body?.cancel()
        if (response.status !== 429 && response.status < 500)
          return `${address} does not give it: status ${response.status}`
        if (tries + 1 >= maxTries) return `${address} does not respond: status ${response.status}`
      } catch (error) {
        signal.throwIfAborted()
        if (tries + 1 >= maxTries) return `${address} does not respond: ${(error as Error).message}`
      } finally {
        clearTimeout(timer)
      }
      await pause(waitMs(tries, undefined), undefined, { signal })
    }
  }

  async #ask<Read>(path: string, signal: AbortSignal, read: (bytes: Buffer) => Read): Promise<Asked<Read>> {
    signal.throwIfAborted()
    try {
      return await within(answerWithinMs, signal, (ends) => this.#askOnce(path, ends, read))
    } catch (error) {
      if (error instanceof ImportError) throw error
      signal.throwIfAborted()
      const { message, cause } = error as Error
      return { again: cause instanceof Error ? cause.message : message }
    }
  }

  async #askOnce<Read>(
    path: string,
    signal: AbortSignal,
    read: (bytes: Buffer) => Read,
  ): Promise<Asked<Read>> {
    const { address, token, fetch: ask = fetch } = this.#options
    const response = await ask(address + path, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json, image/webp' },
      // The token must go to this address only.
      redirect: 'error',
      signal,
    })
    const { status } = response
    if (status === 200) return { answer: read(await readBytes(response)) }
    await response.body?.cancel()
    if (status === 401) throw new ImportError(`${address} does not know this token`)
    if (status === 403 || status === 404) throw new NotThere(`${address} has no ${path} for this token`)
    if (status !== 429 && status < 500) throw new ImportError(`${address} rejects ${path}: status ${status}`)
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return { again: `status ${status}`, ...(seconds >= 0 ? { afterMs: seconds * 1_000 } : {}) }
  }
}

async function readBytes(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > maxBytes) throw new ImportError(`a response has more than ${maxBytes} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
