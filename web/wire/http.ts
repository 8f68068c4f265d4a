// One HTTP request to Brook: JSON in, JSON out, every failure a Refusal. Nothing is thrown and nothing waits for ever.
import { isErrorCode } from '../../server/protocol/errors.ts'
import { isRefusal, type Refusal, type RefusalCode } from './refusal.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Request {
  method: Method
  /** Below /api, each part already encoded. */
  path: string
  body?: unknown
  query?: Record<string, string | number | undefined>
}

/** A person gives up at about 10 s; the slowest real answer (a password hash under load) takes far less. */
const timeoutMs = 10_000

/** The language of the page, which may be another than the browser's: mails are written in it. */
const pageLanguage = (): string => ('document' in globalThis ? document.documentElement.lang : '')

/** Answers that are shown again when the server cannot be reached; found by path and query. */
export interface AnswerKeeper {
  isKept: (path: string) => boolean
  find: (path: string) => Promise<unknown>
  keep: (path: string, answer: unknown) => Promise<unknown>
}
let keeper: AnswerKeeper | undefined
export const keepAnswersIn = (answers: AnswerKeeper): void => void (keeper = answers)

async function withKept<Answer>(ask: Request, asked: Promise<Answer | Refusal>): Promise<Answer | Refusal> {
  const path = address(ask).slice('/api'.length)
  if (ask.method !== 'GET' || keeper?.isKept(path) !== true) return asked
  const answer = await asked
  if (!isRefusal(answer)) void keeper.keep(path, answer)
  else if (answer.code === 'unreachable') return ((await keeper.find(path)) as Answer | undefined) ?? answer
  return answer
}

/**
 * Sends a request. The answer is `undefined` for 204; its shape is promised by the route and not checked again here.
 */
export const request = <Answer>(ask: Request): Promise<Answer | Refusal> =>
  withKept(
    ask,
    answerOf<Answer>(address(ask), {
      method: ask.method,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'accept-language': pageLanguage(),
        ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    }),
  )

/** As `fetch` asks, with every failure as a refusal. */
export async function answerOf<Answer>(to: string, init: RequestInit): Promise<Answer | Refusal> {
  try {
    const response = await fetch(to, { credentials: 'same-origin', ...init })
    if (response.status === 204) return undefined as Answer
    const answer: unknown = await response.json()
    return response.ok ? (answer as Answer) : refusalOf(response, answer)
  } catch {
    // No network, no server, too slow, or a body that is not JSON: for the person it is all the same.
    return { code: 'unreachable' }
  }
}

function address({ path, query = {} }: Request): string {
  const pairs = Object.entries(query).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined,
  )
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
  return `/api${path}${search === '' ? '' : `?${search}`}`
}

function refusalOf(response: Response, answer: unknown): Refusal {
  const retryAfterMs = retryAfter(response.headers.get('retry-after'))
  const ticket = (answer as { error?: { ticket?: string } } | null)?.error?.ticket
  return {
    code: codeOf(answer) ?? codeOfStatus(response.status),
    ...(ticket && { ticket }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...banOf(answer),
  }
}

/** Why somebody is kept out, and until when. */
const banOf = (answer: unknown): Pick<Refusal, 'ban'> => {
  const ban = (answer as { error?: Pick<Refusal, 'ban'> } | null)?.error?.ban
  return ban ? { ban } : {}
}

function codeOf(answer: unknown): RefusalCode | undefined {
  const code = (answer as { error?: { code?: unknown } } | null)?.error?.code
  return typeof code === 'string' && isErrorCode(code) ? code : undefined
}

/** The meaning of an answer without Brook's error body: a proxy answers for a server that is down. */
function codeOfStatus(status: number): RefusalCode {
  if (status === 401) return 'signed_out'
  if (status === 404) return 'not_found'
  if (status === 413) return 'message_too_long'
  if (status === 429) return 'too_many'
  if (status >= 502 && status <= 504) return 'unreachable'
  return status >= 500 ? 'internal' : 'bad_request'
}

/** Milliseconds of a Retry-After header, which is seconds or a date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
