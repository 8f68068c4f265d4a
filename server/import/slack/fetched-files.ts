// Bytes of files that are fetched from Slack, at the addresses in the export. Trap: an export may name any address, so each is
// guarded as that of a webhook, no redirect is followed, and a token goes to Slack alone.
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { publicLookup, refuseUrl } from '../../address-guard.ts'
import { textOf } from '../../slack/rich-text.ts'
import type { SlackBytes } from './message.ts'

export interface SlackFetch {
  /** Of an app of the workspace with the right files:read; undefined: the address has one of its own (`?t=`). */
  token?: string | undefined
  /** WEBHOOK_PRIVATE=on: loopback and private networks are allowed too. */
  mayBePrivate: boolean
  /** Whether a host may be given the token. */
  isSlack?: (url: URL) => boolean
  /** For tests: how long to wait before a request is repeated. */
  waitMs?: (tries: number, retryAfterMs: number) => number
}

const isOfSlack = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' && /(^|\.)slack(-files)?\.com$/.test(hostname)
/** Until it answers, and without a byte. */
const idleMs = 30_000
const maxTries = 5
const defaultWait = (tries: number, retryAfterMs: number): number =>
  Math.min(60_000, Math.max(retryAfterMs, 500 * 2 ** tries))

export function fetchedFiles(from: SlackFetch): SlackBytes {
  const { token, mayBePrivate, isSlack = isOfSlack } = from
  return (raw) => {
    const address = [raw['url_private_download'], raw['url_private']]
      .map(textOf)
      .find((one) => URL.canParse(one))
    if (address === undefined) return async () => 'the export does not say where it is'
    const url = new URL(address)
    const isPage = /html/.test(textOf(raw['mimetype']))
    const headers = token !== undefined && isSlack(url) ? { authorization: `Bearer ${token}` } : {}
    return async (signal) => {
      if (refuseUrl(url, mayBePrivate) !== undefined) return 'its address is not one of the internet'
      return get(url, { headers, isPage, mayBePrivate, waitMs: from.waitMs ?? defaultWait, signal })
    }
  }
}

interface Get {
  headers: Record<string, string>
  /** It is a web page itself. */
  isPage: boolean
  mayBePrivate: boolean
  waitMs: (tries: number, retryAfterMs: number) => number
  signal: AbortSignal
}

/** Temporary failures are retried until the first byte. */
async function get(url: URL, asked: Get): Promise<Readable | string> {
  for (let tries = 0; ; tries += 1) {
    const answer = await answerOf(url, asked).catch((error: NodeJS.ErrnoException) => {
      asked.signal.throwIfAborted()
      return error.name === 'PrivateAddress' ? 'its address is not one of the internet' : error
    })
    if (typeof answer === 'string') return answer
    const why = answer instanceof Error ? (answer.code ?? answer.message) : refusedAs(answer, asked)
    if (why === undefined && !(answer instanceof Error)) return answer
    if (!(answer instanceof Error)) answer.destroy()
    const status = answer instanceof Error ? 500 : (answer.statusCode ?? 0)
    if ((status !== 429 && status < 500) || tries + 1 >= maxTries) return `Slack does not give it: ${why}`
    const seconds = answer instanceof Error ? 0 : Number(answer.headers['retry-after'] ?? 0)
    await pause(asked.waitMs(tries, (seconds || 0) * 1_000), undefined, { signal: asked.signal })
  }
}

function refusedAs({ statusCode = 0, headers }: IncomingMessage, { isPage }: Get): string | undefined {
  if (statusCode >= 300 && statusCode < 400) return 'the token of its address is no longer valid'
  if (statusCode !== 200) return `status ${statusCode}`
  // Without rights Slack answers with a page to sign in.
  return /^text\/html/.test(headers['content-type'] ?? '') && !isPage ? 'it asks to sign in' : undefined
}

function answerOf(url: URL, { headers, mayBePrivate, signal }: Get): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const options = {
    headers: { 'user-agent': 'Brook-Import/1', ...headers },
    signal,
    agent: false as const,
    timeout: idleMs,
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, mayBePrivate ? options : { ...options, lookup: publicLookup })
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${idleMs / 1_000} s`)))
    sent.once('response', resolve).on('error', reject)
    sent.end()
  })
}
