// Error answers over HTTP: their one form, and the place where our own bugs are caught.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errors, messageOf, type ErrorCode, type Refusal } from './protocol/errors.ts'

/** What a store that is away, or a visitor without a session, brings in any number. */
const expected: ReadonlySet<ErrorCode> = new Set([
  'signed_out',
  'not_found',
  'not_ready',
  'unavailable',
  'history_unavailable',
  'log_unavailable',
  'log_unknown',
  'overloaded',
])

/** Who was refused what. The route is its pattern: an address may hold a token. */
function logRefusal({ log, request }: FastifyReply, { code, account }: Refusal & { account?: string }): void {
  const { ip, method, routeOptions, session } = request
  const user = session?.user.id
  const facts = { code, method, route: routeOptions.url, user, account, address: ip }
  log[expected.has(code) ? 'debug' : code === 'bad_origin' ? 'warn' : 'info'](facts, 'refused')
}

/** Sends a refusal with its status and its text and, if it makes sense to retry, when. */
export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status } = errors[refusal.code]
  logRefusal(reply, refusal)
  if (refusal.retryAfterMs !== undefined)
    void reply.header('retry-after', String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000))))
  return reply.code(status).send(refusalBody(refusal))
}

/** The body of an error answer. */
export const refusalBody = (refusal: Refusal) => {
  const { code, retryAfterMs, ban, ticket } = refusal
  return { error: { code, message: messageOf(refusal), retryAfterMs, ban, ticket } }
}

export const isRefusal = (answer: object | undefined | null): answer is Refusal =>
  answer !== undefined && answer !== null && 'code' in answer

/** Thrown by what a route calls; the error handler answers it. */
export class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

/** The answer itself. @throws Refused if it is a refusal */
export function granted<T extends object>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Refused(answer)
  return answer
}

const codeOf = (error: FastifyError): ErrorCode => {
  if (error.validation !== undefined) return 'bad_request'
  if (error.statusCode === 413) return 'message_too_long'
  if (error.statusCode === 429) return 'too_many'
  return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
    ? 'bad_request'
    : 'internal'
}

/** Fastify's error handler: bad input is explained; our own bugs are logged in full and answered as `internal`. */
export function answerError(
  error: FastifyError | Refused,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof Refused) return refuse(reply, error.refusal)
  const code = codeOf(error)
  // A client that disconnected before its answer came is not a failure of ours.
  if (code === 'internal' && !request.signal.aborted) {
    const { ip: address, method, routeOptions, session } = request
    const facts = { method, route: routeOptions.url, user: session?.user.id, address }
    request.log.error({ err: error, ...facts }, 'a request failed')
  }
  return refuse(reply, { code, ...(error.validation === undefined ? {} : { detail: error.message }) })
}
