// For somebody whom an identity provider or the directory has signed in, and who may already have an account here.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import type { Accounts } from '../account/accounts.ts'
import { visitorOf, welcome } from '../account/welcome.ts'
import { isRefusal, Refused } from '../answer.ts'
import type { Db } from '../db.ts'
import { UserAnswer, refusals } from '../protocol/http.ts'
import { ProvidedBody, ProvidedLinkBody } from '../protocol/security.ts'
import { keptTicket } from './provided-cookie.ts'
import type { ProvidedPeople } from './provided-people.ts'
import type { Tickets } from './tickets.ts'

export interface ChooseRoutes {
  db: Db
  accounts: Pick<Accounts, 'signIn'>
  people: ProvidedPeople
  tickets: Tickets
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
}

const tags = ['security']

/** What a provider or the directory has said in this browser. @throws Refused, if it was in another one or is over */
async function ownTicket(
  request: FastifyRequest,
  ticket: string,
  { tickets }: Pick<ChooseRoutes, 'tickets'>,
) {
  const begun = keptTicket(request) === ticket ? await tickets.find('provided', ticket) : undefined
  if (begun === undefined) throw new Refused({ code: 'ticket_over' })
  return begun
}

/** For somebody whom a provider or the directory has signed in and whose name is taken: it is their account, or they are new. */
export const chooseRoutes: FastifyPluginAsyncTypebox<ChooseRoutes> = async (app, deps) => {
  const { db, accounts, people, tickets } = deps
  app.addHook('preHandler', deps.knocked)

  app.post(
    '/api/oidc/person',
    {
      schema: {
        tags,
        security: [],
        summary: 'Come in as somebody new, whom the identity provider or the directory has signed in',
        body: ProvidedBody,
        response: { 201: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { ticket } = request.body
      const begun = await ownTicket(request, ticket, deps)
      const { provided, invite } = begun.data
      // Of two at once, the provider's subject admits one; what is refused leaves the ticket good for an account.
      const came = await people.create(provided, visitorOf(request), invite)
      if (!isRefusal(came)) await db.transaction((tx) => tickets.use(tx, 'provided', ticket))
      return welcome(request, reply, { status: 201, kind: 'signed_up' }, came)
    },
  )

  app.post(
    '/api/oidc/account',
    {
      schema: {
        tags,
        security: [],
        summary: 'Connect the identity provider or the directory with an account, by its password',
        body: ProvidedLinkBody,
        response: { 200: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { ticket, name, password } = request.body
      const begun = await ownTicket(request, ticket, deps)
      // With a second factor: they are not in yet, and connect it later.
      const came = await accounts.signIn(name, password, visitorOf(request))
      if (!isRefusal(came))
        await db.transaction(async (tx) => {
          if ((await tickets.use(tx, 'provided', ticket)) === undefined)
            throw new Refused({ code: 'ticket_over' })
          await people.connect(tx, came.user.id, begun.data.provided)
        })
      return welcome(request, reply, { status: 200, kind: 'provider_connected' }, came)
    },
  )
}
