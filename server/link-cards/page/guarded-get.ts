// GET of a page or a picture of the internet: bounded in time, in bytes as they come and as they are unpacked, and in redirects,
// each of which is looked at before it is followed. It sends no cookie, no referrer, and nothing of whoever has sent the link.
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, constants } from 'node:zlib'
import { publicLookup, refuseUrl } from '../../address-guard.ts'
import { linkCardLimits } from '../../protocol/link-card-limits.ts'

export interface Guard {
  /** LINK_CARDS_PRIVATE=on: loopback and private networks are allowed too. */
  mayBePrivate: boolean
  /** Whether the workspace blocks this host. */
  isBlocked: (host: string) => boolean
}

export interface Asked {
  url: URL
  accept: string
  /** As they are unpacked. What is longer is cut, unless all of it is needed. */
  bytes: number
  isNeededWhole?: true
  /** Whether the answer is wanted at all, by its Content-Type. */
  wants: (type: string) => boolean
  /** Whether what has come is enough. */
  isEnough?: (chunk: Buffer, before: Buffer | undefined) => boolean
  signal: AbortSignal
}

export interface Got {
  /** Where it was, after redirects. */
  url: URL
  type: string
  bytes: Buffer
}

/** Why there is none: for the counters. */
export type Miss = 'refused' | 'failed' | 'status' | 'type' | 'too_large'

const userAgent = 'Brook-LinkCards/1 (preview of a link in a chat)'
/** The ports of the web, and those that no service of a system has. */
const isWebPort = (port: string): boolean =>
  port === '' || port === '80' || port === '443' || Number(port) >= 1_024

/** Why an address is not asked, before anything is sent or resolved. */
export const refusedBy = ({ mayBePrivate, isBlocked }: Guard, url: URL): boolean =>
  refuseUrl(url, mayBePrivate) !== undefined ||
  (!mayBePrivate && !isWebPort(url.port)) ||
  isBlocked(url.hostname.replace(/\.$/, '').toLowerCase())

/** Never throws. */
export async function guardedGet(guard: Guard, asked: Asked): Promise<Got | Miss> {
  let { url } = asked
  try {
    for (let redirects = 0; redirects <= linkCardLimits.page.redirects; redirects += 1) {
      if (refusedBy(guard, url)) return 'refused'
      const response = await answerOf(guard, { ...asked, url })
      const next = redirectOf(response, url)
      if (next === undefined) return await read(response, { ...asked, url })
      response.destroy()
      url = next
    }
    return 'refused'
  } catch (error) {
    return (error as Error).name === 'PrivateAddress' ? 'refused' : 'failed'
  }
}

function answerOf({ mayBePrivate }: Guard, { url, accept, signal }: Asked): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const headers = { accept, 'accept-encoding': 'gzip, deflate, br', 'user-agent': userAgent }
  const options = { headers, signal, agent: false as const, maxHeaderSize: 16 * 1_024 }
  return new Promise((resolve, reject) => {
    const sent = request(url, mayBePrivate ? options : { ...options, lookup: publicLookup })
    sent.on('error', reject)
    sent.on('response', resolve)
    sent.end()
  })
}

const redirects = new Set([301, 302, 303, 307, 308])

function redirectOf({ statusCode = 0, headers }: IncomingMessage, url: URL): URL | undefined {
  const { location } = headers
  if (!redirects.has(statusCode) || location === undefined || !URL.canParse(location, url.href))
    return undefined
  return new URL(location, url.href)
}

async function read(response: IncomingMessage, asked: Asked): Promise<Got | Miss> {
  const { statusCode = 0, headers } = response
  const type = headers['content-type'] ?? ''
  // Trap: nothing is unpacked that nobody reads; a stream without a reader that finds its bytes broken would end the process.
  const body = statusCode === 200 && asked.wants(type) ? unpacked(response) : undefined
  if (body === undefined) {
    response.destroy()
    return statusCode === 200 ? 'type' : 'status'
  }
  try {
    const bytes = await bytesOf(body, asked)
    return bytes === undefined ? 'too_large' : { url: asked.url, type, bytes }
  } finally {
    response.destroy()
    body.destroy()
  }
}

/** Undefined: in an encoding that was not asked for. Trap: a body that the site cuts off is taken as far as it came. */
function unpacked(response: IncomingMessage): Readable | undefined {
  const coding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (coding === 'identity' || coding === '') return response
  const { Z_SYNC_FLUSH: finishFlush, BROTLI_OPERATION_FLUSH } = constants
  const makers: Partial<Record<string, () => ReturnType<typeof createGunzip>>> = {
    gzip: () => createGunzip({ finishFlush }),
    'x-gzip': () => createGunzip({ finishFlush }),
    deflate: () => createInflate({ finishFlush }),
    br: () =>
      createBrotliDecompress({ finishFlush: BROTLI_OPERATION_FLUSH }) as ReturnType<typeof createGunzip>,
  }
  const stream = makers[coding]?.()
  if (stream === undefined) return undefined
  response.on('error', (error) => stream.destroy(error))
  return response.pipe(stream)
}

/** Undefined: there is more than may be, and all of it is needed. */
async function bytesOf(body: Readable, asked: Asked): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const part of body) {
    const chunk = part as Buffer
    size += chunk.length
    if (size > asked.bytes) {
      if (asked.isNeededWhole === true) return undefined
      chunks.push(chunk.subarray(0, chunk.length - (size - asked.bytes)))
      break
    }
    const before = chunks.at(-1)
    chunks.push(chunk)
    if (asked.isEnough?.(chunk, before) === true) break
  }
  return Buffer.concat(chunks)
}
