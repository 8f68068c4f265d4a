// Identifies the sender of an HTTP request: finds the session and rejects requests from other sites. Decides nothing else.
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerError, refuse } from '../answer.ts'
import { isMysqlAway } from '../db.ts'
import { warnOfSite } from '../other-sites.ts'
import { limits } from '../protocol/limits.ts'
import { rates } from '../protocol/rates.ts'
import { RateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import type { Session, Sessions } from './sessions.ts'
import { bearerOf, giveToken, isSameOrigin, tokenOf } from './token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Also for whoever has to set up a second factor first. */
    isForAll?: true
  }
  interface FastifyRequest {
    /** The session of this request's token; undefined if not signed in. Set by `identify`. */
    session: Session | undefined
  }
}

const changesNothing = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * For the scope that contains all of /api, before its routes: every request there knows its session, a request that changes
 * something must come from our own page, nobody reads more than `rates.pages`, and a database that is down becomes `unavailable`.
 */
export function identify(
  api: FastifyInstance,
  sessions: Pick<Sessions, 'find' | 'renew' | 'refresh'>,
  rateLimits?: RateLimiterOptions,
): void {
  const reads = new RateLimiter(rates.pages, rateLimits)
  // Trap: parse and serialize of @fastify/cookie, which token.ts uses, throw until the plugin has loaded.
  if (!api.hasReplyDecorator('setCookie')) void api.register(fastifyCookie, { hook: false })
  api.decorateRequest('session', undefined)
  api.addHook('onRequest', async (request, reply) => {
    if (!changesNothing.has(request.method) && !isSameOrigin(request)) return refuseOrigin(request, reply)
    const token = tokenOf(request)
    if (token !== undefined) request.session = await sessions.find(token)
    if (request.session?.renew === true && !(await renewForBrowser(request, reply, sessions)))
      request.session = undefined
    if (request.session?.needs !== undefined && !isForAll(request))
      return refuse(reply, { code: 'second_factor_required' })
    return undefined
  })
  api.addHook('preHandler', async ({ session, method, query, url }, reply) => {
    // What bots receive has a rate of its own, and so has what changes something.
    if (session === undefined || method !== 'GET' || url.startsWith('/api/bots/')) return undefined
    const { limit = limits.page.default } = query as { limit?: number }
    const wait = reads.take(session.user.id, limit)
    return wait > 0 ? refuse(reply, { code: 'too_many', retryAfterMs: wait }) : undefined
  })
  api.setErrorHandler((error: Parameters<typeof answerError>[0], request, reply) =>
    isMysqlAway(error)
      ? refuse(reply, { code: 'unavailable', retryAfterMs: 5_000 })
      : answerError(error, request, reply),
  )
}

/** A route that asks for no session has nothing to hide from a narrowed one. */
function isForAll({ routeOptions: { config, schema } }: FastifyRequest): boolean {
  const { security } = (schema ?? {}) as { security?: readonly object[] }
  const isOpen = security?.length === 0 || security?.some((one) => Object.keys(one).length === 0)
  return config.isForAll === true || isOpen === true
}

/**
 * A browser gets its new token with the answer. False: a program that sends the old one cannot get it. Limit: an upgrade to
 * WebSocket carries no cookie back, so it is let through until the next request.
 */
async function renewForBrowser(
  request: FastifyRequest,
  reply: FastifyReply,
  sessions: Pick<Sessions, 'renew' | 'refresh'>,
): Promise<boolean> {
  if (bearerOf(request) !== undefined) return false
  if (request.headers.upgrade === undefined) await renewSession(request, reply, sessions)
  return true
}

/** The browser of this request gets another token, and the one it has sent is good no more: its person may do more now. */
export async function renewSession(
  request: FastifyRequest,
  reply: FastifyReply,
  sessions: Pick<Sessions, 'renew' | 'refresh'>,
): Promise<void> {
  const token = tokenOf(request)
  if (token === undefined || request.session === undefined) return
  // A program would not know of another one.
  if (bearerOf(request) !== undefined) return sessions.refresh(token)
  const next = await sessions.renew(request.session, token)
  if (next !== undefined) giveToken(request, reply, next)
}

/** Answers a request from another site's page, and says so in the log with the names of both. */
export function refuseOrigin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  warnOfSite(request, 'a request from the page of another site was refused; see docs/proxy.md')
  return refuse(reply, { code: 'bad_origin' })
}

/** A preHandler: refuses requests that are not signed in. */
export async function onlySignedIn(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return request.session === undefined ? refuse(reply, { code: 'signed_out' }) : undefined
}

/** A preHandler: only administrators pass. To everybody else these routes do not exist. */
export async function onlyAdmin(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (request.session === undefined) return refuse(reply, { code: 'signed_out' })
  return request.session.user.admin ? undefined : refuse(reply, { code: 'not_found' })
}

/** A preHandler: refuses bots, for what belongs to people and their browsers. */
export async function onlyPeople(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return request.session?.user.bot === true ? refuse(reply, { code: 'not_for_bots' }) : undefined
}

/** A preHandler: only bots pass. */
export async function onlyBots(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return request.session?.user.bot === true ? undefined : refuse(reply, { code: 'only_bots' })
}

/** The session of a request that has passed `onlySignedIn`. */
export function requireSession(request: Pick<FastifyRequest, 'session'>): Session {
  if (request.session === undefined) throw new Error('a route without onlySignedIn asked for a session')
  return request.session
}
