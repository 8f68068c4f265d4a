// The endpoint of incoming webhooks: anybody with the address may post. Accepts what the endpoints of Slack and Teams accept
// and answers as Slack does, in plain text, so tools made for them work unchanged. Needs no session, and reads no cookie.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { isMysqlAway } from '../db.ts'
import { errors } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { Closed, Id } from '../protocol/schema.ts'
import type { HookRefusal, IncomingHooks } from './incoming.ts'

export interface IncomingRoute {
  incoming: IncomingHooks
  /** How often one address may ask for any webhook. */
  pace: onRequestAsyncHookHandler
  /** Called with what was answered, for counting. */
  onAnswer: (answer: string) => void
}

const Params = Closed({
  hook: Id,
  secret: Type.String({ maxLength: 100, description: 'the secret of its address' }),
})
const Plain = { content: { 'text/plain': { schema: Type.String() } } }
const answers = {
  200: { description: '`ok`, or what this address is', ...Plain },
  '4xx': { description: 'a code of Slack', ...Plain },
}
const open = { tags: ['hooks'], security: [], params: Params, response: answers }
const statuses = { invalid_payload: 400, no_text: 400, invalid_token: 403, no_service: 404 } as const

export const incomingRoute: FastifyPluginAsyncTypebox<IncomingRoute> = async (
  app,
  { incoming, onAnswer, pace },
) => {
  app.addHook('onRequest', pace)
  // Whatever the header says, the body is JSON or a form: Slack is not stricter.
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
    if (isMysqlAway(error)) return refuse(reply, { code: 'unavailable', retryAfterMs: 5_000 })
    if (error.statusCode === 413) return answer(reply, 413, 'invalid_payload')
    if (error.statusCode !== undefined && error.statusCode < 500) return refuse(reply, 'invalid_payload')
    request.log.error({ err: error, address: request.ip }, 'an incoming webhook failed')
    return answer(reply, 500, 'internal')
  })

  app.post(
    '/api/hooks/:hook/:secret',
    {
      bodyLimit: limits.hooks.bodyBytes,
      schema: {
        ...open,
        summary:
          'Post a message as a tool, in the format of Slack’s incoming webhooks or as a card for Teams',
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
        await readBody(request.body, request.headers['content-type'] ?? ''),
      )
      // What waits for review was taken: sent again, it would wait twice.
      const isTaken = typeof said === 'object' && ('seq' in said || said.code === 'held_for_review')
      return isTaken ? answer(reply, 200, 'ok') : refuse(reply, said)
    },
  )

  // Tools and link previews look at an address before they use it, or instead.
  app.get(
    '/api/hooks/:hook/:secret',
    {
      schema: { ...open, summary: 'What the address of a webhook is; posts nothing' },
    },
    async (request, reply) => {
      const known = await incoming.know({ id: request.params.hook, secret: request.params.secret })
      if (typeof known === 'string') return refuse(reply, known)
      return reply.type('text/plain; charset=utf-8').send(about)
    },
  )

  app.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/api/hooks/:hook/:secret',
    schema: { hide: true, params: Params },
    handler: async (request, reply) => {
      const known = await incoming.know({ id: request.params.hook, secret: request.params.secret })
      if (typeof known === 'string') return refuse(reply, known)
      return answer(reply.header('allow', 'POST, GET, HEAD'), 405, 'method_not_allowed')
    },
  })
}

const about = `This is the address of an incoming webhook of Brook. Nothing was posted.
Post messages to it as to a Slack incoming webhook: POST {"text":"Hello"}
`

/** The payload: JSON, or a form's `payload`, or its other fields. Undefined if none can be read. */
async function readBody(body: unknown, contentType: string): Promise<unknown> {
  if (typeof body !== 'string') return undefined
  const isParts = contentType.startsWith('multipart/form-data')
  const isForm = contentType.startsWith('application/x-www-form-urlencoded') || body.startsWith('payload=')
  // Trap: curl calls its body a form unless it is told otherwise.
  if (!isParts && (!isForm || body.trimStart().startsWith('{'))) return parsed(body)
  try {
    const type = isParts ? contentType : 'application/x-www-form-urlencoded'
    const form = await new Response(body, { headers: { 'content-type': type } }).formData()
    const fields: Record<string, unknown> = Object.fromEntries(
      [...form].filter(([, value]) => typeof value === 'string'),
    )
    if ('payload' in fields) return parsed(fields['payload'])
    for (const name of ['attachments', 'blocks']) if (name in fields) fields[name] = parsed(fields[name])
    return fields
  } catch {
    return undefined
  }
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
