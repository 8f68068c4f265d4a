// Who is at the door of an HTTP request: finds the session, keeps other sites out. Says no, but decides nothing else.
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerError, refuse } from '../answer.ts'
import { isConnectionLost } from '../db.ts'
import type { Session, Sessions } from './sessions.ts'
import { isSameOrigin, tokenOf } from './token.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of this request's token; undefined for somebody not signed in. Set by `identify`. */
    session: Session | undefined
  }
}

const changesNothing = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * For the scope that holds all of /api, before its routes: every request there knows its session, one that changes
 * something must come from our own page, and a database that is away is `unavailable`, not our bug.
 */
export function identify(api: FastifyInstance, sessions: Pick<Sessions, 'find'>): void {
  // Trap: parse and serialize of @fastify/cookie, which token.ts uses, throw until the plugin has loaded its library.
  if (!api.hasReplyDecorator('setCookie')) void api.register(fastifyCookie, { hook: false })
  api.decorateRequest('session', undefined)
  api.addHook('onRequest', async (request, reply) => {
    if (!changesNothing.has(request.method) && !isSameOrigin(request))
      return refuse(reply, { code: 'bad_origin' })
    const token = tokenOf(request)
    if (token !== undefined) request.session = await sessions.find(token)
    return undefined
  })
  api.setErrorHandler((error: Parameters<typeof answerError>[0], request, reply) =>
    isConnectionLost(error)
      ? refuse(reply, { code: 'unavailable', retryAfterMs: 5_000 })
      : answerError(error, request, reply),
  )
}

/** A preHandler: nobody passes who is not signed in. */
export async function onlySignedIn(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return request.session === undefined ? refuse(reply, { code: 'signed_out' }) : undefined
}

/** A preHandler: only administrators pass. For everybody else what they may not do is not there. */
export async function onlyAdmin(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (request.session === undefined) return refuse(reply, { code: 'signed_out' })
  return request.session.user.admin ? undefined : refuse(reply, { code: 'not_found' })
}

/** A preHandler: what belongs to people and their browsers is not for bots. */
export async function onlyPeople(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return request.session?.user.bot === true ? refuse(reply, { code: 'not_for_bots' }) : undefined
}

/** A preHandler: only a bot passes. */
export async function onlyBots(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return request.session?.user.bot === true ? undefined : refuse(reply, { code: 'only_bots' })
}

/** The session of a request that has passed `onlySignedIn`. */
export function requireSession(request: Pick<FastifyRequest, 'session'>): Session {
  if (request.session === undefined) throw new Error('a route without onlySignedIn asked for a session')
  return request.session
}
