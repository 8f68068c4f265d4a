// How HTTP says no: the one form of an error answer, and the door at which our own bugs are caught.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errors, type ErrorCode, type Refusal } from './protocol/errors.ts'

/** Sends a refusal with its status, its words and, where trying again helps, when. */
export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, words } = errors[refusal.code]
  if (refusal.retryAfterMs !== undefined)
    void reply.header('retry-after', String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000))))
  const message = refusal.detail === undefined ? words : `${words} (${refusal.detail})`
  return reply.code(status).send({ error: { code: refusal.code, message } })
}

export const isRefusal = (answer: object | undefined | null): answer is Refusal =>
  answer !== undefined && answer !== null && 'code' in answer

const codeOf = (error: FastifyError): ErrorCode => {
  if (error.validation !== undefined) return 'bad_request'
  if (error.statusCode === 413) return 'message_too_long'
  if (error.statusCode === 429) return 'too_many'
  return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
    ? 'bad_request'
    : 'internal'
}

/** Fastify's error handler: bad input in words, our own bugs logged whole and told as `internal`. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const code = codeOf(error)
  // Who has gone before their answer came is no failure of ours.
  if (code === 'internal' && !request.signal.aborted) request.log.error({ err: error }, 'a request failed')
  return refuse(reply, { code, ...(error.validation === undefined ? {} : { detail: error.message }) })
}
