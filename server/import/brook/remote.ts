// Asks another Brook over its public API. What is passing there is waited out; what is not ends the import.
import { setTimeout as pause } from 'node:timers/promises'
import { ImportError } from '../source.ts'

export interface RemoteOptions {
  /** Where it is, without a path. */
  address: string
  /** Of a bot's or a person's session there. */
  token: string
  say: (line: string) => void
  fetch?: typeof fetch
  /** For tests: how long to wait before a question is asked again. */
  waitMs?: (tries: number, retryAfterMs: number | undefined) => number
}

const answerWithinMs = 30_000
/** With the waits below, some three minutes: a restart and a short outage are over by then. */
const mostTries = 10
const longestWaitMs = 30_000
/** A page of 200 messages of 16 KiB each has 10 MB at most with JSON's escapes. */
const mostBytes = 32 * 1024 * 1024

/** Doubling with jitter from half a second; what the other side asks for, if that is longer and below a minute or two. */
const usualWait = (tries: number, retryAfterMs: number | undefined): number => {
  const own = Math.min(longestWaitMs, 500 * 2 ** tries) * (0.5 + Math.random() / 2)
  return Math.max(own, Math.min(retryAfterMs ?? 0, 4 * longestWaitMs))
}

type Asked = { answer: unknown } | { again: string; afterMs?: number }

export class Remote {
  readonly #options: RemoteOptions

  constructor(options: RemoteOptions) {
    this.#options = options
  }

  /** What GET of this path answers, as JSON. @throws ImportError */
  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const { waitMs = usualWait, say } = this.#options
    for (let tries = 0; ; tries += 1) {
      const asked = await this.#ask(path, signal)
      if ('answer' in asked) return asked.answer
      if (tries + 1 >= mostTries)
        throw new ImportError(`${this.#options.address} does not answer: ${asked.again}`)
      if (tries === 2) say(`${this.#options.address}: ${asked.again}; trying again`)
      await pause(waitMs(tries, asked.afterMs), undefined, { signal })
    }
  }

  async #ask(path: string, signal: AbortSignal): Promise<Asked> {
    const { address, token, fetch: ask = fetch } = this.#options
    signal.throwIfAborted()
    try {
      const response = await ask(address + path, {
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        // The token is for this address and for no other.
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
      })
      const { status } = response
      if (status === 200) return { answer: JSON.parse(await readText(response)) }
      await response.body?.cancel()
      if (status === 401) throw new ImportError(`${address} does not know the token`)
      if (status === 403 || status === 404) throw new ImportError(`${address} has no ${path} for this token`)
      if (status !== 429 && status < 500) throw new ImportError(`${address} refuses ${path}: ${status}`)
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
      return { again: `it answers ${status}`, ...(seconds >= 0 ? { afterMs: seconds * 1_000 } : {}) }
    } catch (error) {
      if (error instanceof ImportError) throw error
      signal.throwIfAborted()
      const { message, cause } = error as Error
      return { again: cause instanceof Error ? cause.message : message }
    }
  }
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > mostBytes) throw new ImportError(`an answer has more than ${mostBytes} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
