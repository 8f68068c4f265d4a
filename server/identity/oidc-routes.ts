// The HTTP routes of the identity provider: to it, and back from it.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import type { Accounts } from '../account/accounts.ts'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { logAccountEvent } from '../account/account-log.ts'
import { giveToken } from '../account/token.ts'
import { visitorOf } from '../account/welcome.ts'
import { granted, isRefusal, Refused } from '../answer.ts'
import type { Db } from '../db.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { ConfirmBody, ProviderAnswer, StartQuery } from '../protocol/security.ts'
import { confirmedUser } from './confirmed.ts'
import { keepTicket, keptTicket } from './provided-cookie.ts'
import type { Oidc } from './oidc.ts'
import type { ProvidedEntry, ProvidedPeople } from './provided-people.ts'
import type { Tickets } from './tickets.ts'

export interface OidcRoutes {
  db: Db
  accounts: Pick<Accounts, 'refusePassword'>
  oidc: Oidc
  people: ProvidedPeople
  tickets: Tickets
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
  publicUrl: URL | undefined
}

const tags = ['security']
const callback = '/api/oidc/callback'

/** For a scope that `identify` has prepared. */
export const oidcRoutes: FastifyPluginAsyncTypebox<OidcRoutes> = async (app, deps) => {
  await app.register(providerRoutes, deps)
  await app.register(ownRoutes, deps)
}

const originOf = (request: FastifyRequest, { publicUrl }: Pick<OidcRoutes, 'publicUrl'>): string =>
  publicUrl?.origin ?? `${request.protocol}://${request.host}`

/** The address at the provider; the browser keeps what it has begun. `userId`: to connect it with this account. */
async function begin(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: OidcRoutes,
  { userId = null, invite }: { userId?: string | null; invite?: string | undefined },
): Promise<string> {
  const { url, checks } = granted(await deps.oidc.begin(originOf(request, deps) + callback))
  const data = { checks, ...(invite === undefined ? {} : { invite }) }
  const ticket = await deps.tickets.make('oidc', { userId, data, lifeMs: limits.identity.oidcMs })
  keepTicket(request, reply, ticket)
  return url
}

/** Visited by a browser, not called by a program: what goes wrong is a page of the web app. */
const providerRoutes: FastifyPluginAsyncTypebox<OidcRoutes> = async (app, deps) => {
  const { db, oidc, people, tickets } = deps
  app.addHook('preHandler', deps.knocked)
  const schema = { hide: true, security: [] }
  // Who it is shows only once the provider has said so.
  const config = { judgesBans: true } as const

  app.get(
    '/api/oidc/start',
    { config, schema: { ...schema, querystring: StartQuery } },
    async (request, reply) => {
      try {
        return await reply.redirect(await begin(request, reply, deps, { invite: request.query.invite }))
      } catch (error) {
        return reply.redirect(pageOf(error))
      }
    },
  )

  app.get(callback, { config, schema }, async (request, reply) => {
    try {
      const begun = await db.transaction((tx) => tickets.use(tx, 'oidc', keptTicket(request)))
      keepTicket(request, reply, '')
      if (begun === undefined) return await reply.redirect('/oidc#ticket_over')
      const current = new URL(request.url, originOf(request, deps))
      const provided = granted(await oidc.finish(current, begun.data.checks))
      const { userId } = begun
      if (userId === null) {
        const came = await people.signIn(provided, visitorOf(request), begun.data.invite)
        return await reply.redirect(await enter(request, reply, came))
      }
      // Whoever began it is still the one who is signed in at this browser.
      if (request.session?.user.id !== userId) return await reply.redirect('/oidc#ticket_over')
      await db.transaction((tx) => people.connect(tx, userId, provided))
      await logAccountEvent(request, request.session.user, 'provider_connected')
      return await reply.redirect('/security')
    } catch (error) {
      return reply.redirect(pageOf(error))
    }
  })
}

/** Where somebody goes from the provider; with their cookie if they are in. */
async function enter(request: FastifyRequest, reply: FastifyReply, came: ProvidedEntry): Promise<string> {
  if (isRefusal(came)) throw new Refused(came)
  if ('second' in came) return `/second#${came.second}`
  if ('choose' in came) {
    // Only this browser goes on: whoever is sent the address cannot be made to connect somebody else's account.
    keepTicket(request, reply, came.choose)
    return `/choose#${came.choose}`
  }
  await logAccountEvent(request, came.user, 'signed_in')
  giveToken(request, reply, came.token)
  request.hasSignedIn = true
  return '/'
}

function pageOf(error: unknown): string {
  if (error instanceof Refused) return `/oidc#${error.refusal.code}`
  throw error
}

const ownRoutes: FastifyPluginAsyncTypebox<OidcRoutes> = async (app, deps) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.post(
    '/api/security/provider',
    {
      schema: {
        tags,
        summary: 'Begin to connect the identity provider; needs the password. Answers where to go',
        body: ConfirmBody,
        response: { 201: ProviderAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = await confirmedUser(request, request.body.password, deps.accounts)
      return reply.code(201).send({ url: await begin(request, reply, deps, { userId: id }) })
    },
  )

  app.delete(
    '/api/security/provider',
    {
      schema: {
        tags,
        summary: 'Disconnect the identity provider; needs the password',
        body: ConfirmBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await confirmedUser(request, request.body.password, deps.accounts)
      const { user } = requireSession(request)
      if (!(await deps.people.disconnect(user.id))) throw new Refused({ code: 'password_needed' })
      await logAccountEvent(request, user, 'provider_disconnected')
      return reply.code(204).send(null)
    },
  )
}
