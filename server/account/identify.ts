// Identifies the sender of an HTTP request: finds the session and rejects requests from other sites. Decides nothing else.
import { Readable } from 'node:stream'
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerError, refusalBody, refuse } from '../answer.ts'
import { isMysqlAway } from '../db.ts'
import { warnOfSite } from '../other-sites.ts'
import type { Asking, BanList } from '../moderation/ban-list.ts'
import { banned, errors } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { KeptOut } from '../protocol/moderation.ts'
import { rates } from '../protocol/rates.ts'
import { addressKey, RateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import type { Session, Sessions } from './sessions.ts'
import { bearerOf, giveToken, isSameOrigin, tokenOf } from './token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route has a rate of its own for what it reads. */
    hasOwnRate?: boolean
    /** Also for whoever has to set up a second factor first. */
    isForAll?: true
    /**
     * Also for whoever comes from an address that is banned, until it is known who they are: the route itself refuses whoever
     * is no administrator.
     */
    judgesBans?: true
  }
  interface FastifyRequest {
    /** The session of this request's token; undefined if not signed in. Set by `identify`. */
    session: Session | undefined
    /** What keeps whoever asks out; then there is no session. Set by `identify`. */
    ban: KeptOut | undefined
    /** Somebody has signed in by it, in the place of whoever was. */
    hasSignedIn?: boolean
  }
}

/** Whoever is kept out may still ask why, and sign out. */
const ownSession = '/api/session'
const changesNothing = new Set(['GET', 'HEAD', 'OPTIONS'])

type SessionsOfRequests = Pick<Sessions, 'find' | 'renew' | 'refresh' | 'close'>

export interface IdentifyOptions {
  rateLimits?: RateLimiterOptions
  /** An address that shares no rate. */
  isTrusted?: (address: string) => boolean
}

/**
 * For the scope that contains all of /api, before its routes: every request there knows its session, a request that changes
 * something must come from our own page, a database that is down becomes `unavailable`, and each request is counted: nobody
 * reads more than `rates.pages` or changes more than `rates.changes`, and nobody who is unknown asks more than `rates.strangers`.
 */
export function identify(
  api: FastifyInstance,
  { sessions, bans }: { sessions: SessionsOfRequests; bans?: Pick<BanList, 'of'> | undefined },
  options: IdentifyOptions = {},
): void {
  const pace = pacing(options)
  // Trap: parse and serialize of @fastify/cookie, which token.ts uses, throw until the plugin has loaded.
  if (!api.hasReplyDecorator('setCookie')) void api.register(fastifyCookie, { hook: false })
  api.decorateRequest('session', undefined)
  api.decorateRequest('ban', undefined)
  api.addHook('onRequest', async (request, reply) => {
    if (!changesNothing.has(request.method) && !isSameOrigin(request)) return refuseOrigin(request, reply)
    const token = tokenOf(request)
    const session = token === undefined ? undefined : await sessions.find(token)
    request.ban = bans?.of({ user: session?.user, address: request.ip })
    if (request.ban === undefined) request.session = session
    const waitMs = pace(request)
    if (waitMs > 0) return refuse(reply, { code: 'too_many', retryAfterMs: waitMs })
    if (request.ban !== undefined)
      return isForBanned(request) ? undefined : refuse(reply, banned(request.ban))
    if (request.session?.renew === true && !(await renewForBrowser(request, reply, sessions)))
      request.session = undefined
    if (request.session?.needs !== undefined && !isForAll(request))
      return refuse(reply, { code: 'second_factor_required' })
    return undefined
  })
  // The browser has another session by now: nobody goes on with the one before.
  api.addHook('onSend', async (request) => {
    const { session, hasSignedIn } = request
    if (hasSignedIn === true && session !== undefined && bearerOf(request) === undefined)
      await sessions.close(session.user.id, session.id)
  })
  api.setErrorHandler((error: Parameters<typeof answerError>[0], request, reply) =>
    isMysqlAway(error)
      ? refuse(reply, { code: 'unavailable', retryAfterMs: 5_000 })
      : answerError(error, request, reply),
  )
}

/**
 * What was asked before a ban, and took longer, is not answered after it; an answer that is on its way by then, such as an export,
 * is cut off. For the same scope, before whatever changes the form of answers.
 */
export function refuseLate(api: FastifyInstance, bans: Pick<BanList, 'of' | 'onChange'>): void {
  const onTheirWay = new Map<Readable, Asking>()
  const end = bans.onChange(() => {
    for (const [stream, asking] of onTheirWay) if (bans.of(asking) !== undefined) stream.destroy()
  })
  api.addHook('onClose', async () => end())
  api.addHook('onSend', async ({ session, ip, routeOptions }, reply, payload: unknown) => {
    if (session === undefined || isForBanned({ routeOptions })) return payload
    const asking = { user: session.user, address: ip }
    const ban = bans.of(asking)
    if (ban === undefined) {
      if (payload instanceof Readable) {
        onTheirWay.set(payload, asking)
        payload.once('close', () => onTheirWay.delete(payload))
      }
      return payload
    }
    if (payload instanceof Readable) payload.destroy()
    void reply.code(errors.banned.status).type('application/json; charset=utf-8')
    void reply.removeHeader('content-disposition')
    return JSON.stringify(refusalBody(banned(ban)))
  })
}

/** Counts a request: 0 if it may be answered, otherwise the milliseconds to wait. */
function pacing({
  rateLimits,
  isTrusted = () => false,
}: IdentifyOptions): (request: FastifyRequest) => number {
  const reads = new RateLimiter(rates.pages, rateLimits)
  const changes = new RateLimiter(rates.changes, rateLimits)
  const strangers = new RateLimiter(rates.strangers, rateLimits)
  return ({ session, method, ip, query, routeOptions }) => {
    if (session === undefined) return isTrusted(ip) ? 0 : strangers.take(addressKey(ip))
    if (!changesNothing.has(method)) return changes.take(session.user.id)
    if (routeOptions.config.hasOwnRate === true) return 0
    // Not checked yet: a `limit` that will be refused counts as if there were none.
    const limit = Number((query as { limit?: unknown }).limit)
    const isLimit = Number.isInteger(limit) && limit > 0 && limit <= limits.page.max
    return reads.take(session.user.id, isLimit ? limit : limits.page.default)
  }
}

const isForBanned = ({ routeOptions: { url, config } }: Pick<FastifyRequest, 'routeOptions'>): boolean =>
  url === ownSession || config.judgesBans === true

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
