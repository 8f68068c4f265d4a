// Requests of `brook doctor --url`, as a browser would send them. Node's own fetch does not show what an upgrade is answered.
import http from 'node:http'
import https from 'node:https'
import type { IncomingMessage } from 'node:http'

const answersWithinMs = 10_000
/** A proxy that takes all of a request first says nothing before: that is no refusal. */
const refusesWithinMs = 3_000
/** Of an answer: a page, or what says what went wrong. */
const maxBytes = 1024 * 1024

export interface Answer {
  status: number
  text: string
  /** Undefined: it is none. */
  json: unknown
  cacheControl: string
  cookies: readonly string[]
  location: string | undefined
}

interface Asked {
  method?: string
  headers?: Record<string, string>
}

const clientOf = (url: URL) => (url.protocol === 'https:' ? https : http)

/** @throws what says why there was no answer */
export async function ask(
  url: URL,
  path: string,
  { method = 'GET', headers = {} }: Asked = {},
): Promise<Answer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    // Whether the certificate is good is asked by itself.
    const request = clientOf(url).request(new URL(path, url), {
      ...{ method, headers, agent: false, rejectUnauthorized: false },
      signal: AbortSignal.timeout(answersWithinMs),
    })
    request.once('response', resolve).once('error', reject).end()
  })
  const text = await textOf(answer)
  return {
    status: answer.statusCode ?? 0,
    text,
    json: jsonOf(text),
    cacheControl: answer.headers['cache-control'] ?? '',
    cookies: answer.headers['set-cookie'] ?? [],
    location: answer.headers.location,
  }
}

/** How an upgrade without a session is answered; `code`: by Brook. */
export function pokeSocket(url: URL): Promise<{ status: number; code: string | undefined }> {
  return new Promise((resolve, reject) => {
    const request = clientOf(url).request(new URL('/api/ws', url), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        origin: url.origin,
        'sec-websocket-version': '13',
        'sec-websocket-key': 'YnJvb2sgZG9jdG9yIGFza3M=',
      },
      ...{ agent: false, rejectUnauthorized: false },
      signal: AbortSignal.timeout(answersWithinMs),
    })
    request.once('upgrade', (_answer, socket) => {
      socket.destroy()
      resolve({ status: 101, code: undefined })
    })
    request.once('response', (answer) => {
      textOf(answer).then((text) => {
        const { error } = (jsonOf(text) ?? {}) as { error?: { code?: string } }
        resolve({ status: answer.statusCode ?? 0, code: error?.code })
      }, reject)
    })
    request.once('error', reject).end()
  })
}

/** The status by which a body of so many bytes is refused before it is sent; undefined: it is not refused so early. */
export function sizeAnswer(url: URL, path: string, bytes: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = clientOf(url).request(new URL(path, url), {
      method: 'PATCH',
      headers: {
        origin: url.origin,
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': bytes,
      },
      ...{ agent: false, rejectUnauthorized: false },
    })
    const end = (status?: number): void => {
      clearTimeout(timer)
      request.destroy()
      resolve(status)
    }
    const timer = setTimeout(end, refusesWithinMs)
    request.once('response', ({ statusCode }) => end(statusCode)).once('error', () => end())
    request.flushHeaders()
  })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part)
    length += part.length
    if (length > maxBytes) break
  }
  return Buffer.concat(parts).toString('utf8')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
