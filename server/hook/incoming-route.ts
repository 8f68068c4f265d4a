// The door of incoming webhooks: whoever has the address may speak. Takes and answers what Slack's does, as plain text,
// so that tools made for it work unchanged. Asks for no session, and reads no cookie.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { isConnectionLost } from '../db.ts'
import { errors } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { Closed, Id } from '../protocol/schema.ts'
import type { HookRefusal, IncomingHooks } from './incoming.ts'

export interface IncomingRoute {
  incoming: IncomingHooks
  /** Counted by what was answered. */
  onAnswer: (answer: string) => void
}

const Params = Closed({ hook: Id, secret: Type.String({ maxLength: 100 }) })
const statuses = { invalid_payload: 400, no_text: 400, invalid_token: 403, no_service: 404 } as const

export const incomingRoute: FastifyPluginAsyncTypebox<IncomingRoute> = async (
  app,
  { incoming, onAnswer },
) => {
  // Whatever the header says, the body is JSON or a form's `payload`: Slack looks at neither more closely.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  const answer = (reply: FastifyReply, status: number, word: string): FastifyReply => {
    onAnswer(word)
    return reply.code(status).type('text/plain; charset=utf-8').send(word)
  }
  const refuse = (reply: FastifyReply, refusal: HookRefusal): FastifyReply => {
    if (typeof refusal === 'string') return answer(reply, statuses[refusal], refusal)
    const { status } = errors[refusal.code]
    if (refusal.retryAfterMs !== undefined || status === 503)
      void reply.header('retry-after', Math.max(1, Math.ceil((refusal.retryAfterMs ?? 1_000) / 1_000)))
    return answer(reply, status, status === 429 ? 'rate_limited' : refusal.code)
  }
  app.setErrorHandler((error: { statusCode?: number; validation?: unknown }, request, reply) => {
    if (error.validation !== undefined) return refuse(reply, 'no_service')
    if (isConnectionLost(error)) return refuse(reply, { code: 'unavailable', retryAfterMs: 5_000 })
    if (error.statusCode === 413) return answer(reply, 413, 'invalid_payload')
    if (error.statusCode !== undefined && error.statusCode < 500) return refuse(reply, 'invalid_payload')
    request.log.error({ err: error }, 'an incoming webhook failed')
    return answer(reply, 500, 'internal')
  })

  app.post(
    '/api/hooks/:hook/:secret',
    {
      bodyLimit: limits.hooks.bodyBytes,
      schema: {
        ...{ tags: ['hooks'], summary: 'Say something as a tool: takes what Slack’s incoming webhooks take' },
        params: Params,
      },
    },
    async (request, reply) => {
      const { hook, secret } = request.params
      const key = request.headers['idempotency-key']
      const said = await incoming.say(
        {
          id: hook,
          secret,
          key: typeof key === 'string' && key !== '' ? key.slice(0, limits.hooks.keyChars) : undefined,
        },
        readBody(request.body, request.headers['content-type'] ?? ''),
      )
      return typeof said === 'object' && 'seq' in said ? answer(reply, 200, 'ok') : refuse(reply, said)
    },
  )
}

/** The payload, or undefined when there is none that can be read. */
function readBody(body: unknown, contentType: string): unknown {
  if (typeof body !== 'string') return undefined
  const isForm = contentType.startsWith('application/x-www-form-urlencoded') || body.startsWith('payload=')
  const text = isForm ? (new URLSearchParams(body).get('payload') ?? body) : body
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
