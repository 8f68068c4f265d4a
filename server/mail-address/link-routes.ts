// The HTTP routes for whoever is not signed in: asking for a mail, and opening the link in it.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import type { Accounts } from '../account/accounts.ts'
import { visitorOf, welcome } from '../account/welcome.ts'
import { granted, Refused } from '../answer.ts'
import { languageOf } from '../mail/words/words.ts'
import { UserAnswer, nothing, refusals } from '../protocol/http.ts'
import { MailAskBody, MailCodeBody, MailEnterBody, MailLinkAnswer } from '../protocol/mail.ts'
import type { AddressChanges } from './address-changes.ts'
import type { Asker, Asks } from './asks.ts'
import type { MailedPasses } from './mailed-passes.ts'

export interface MailLinkRoutes {
  accounts: Pick<Accounts, 'signUp'>
  asks: Asks
  changes: AddressChanges
  mailedPasses: MailedPasses
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
}

const tags = ['mail']
const askerOf = (request: FastifyRequest): Asker => ({
  visitor: visitorOf(request),
  language: languageOf(request),
})

/** For a scope that `identify` has prepared. */
export const mailLinkRoutes: FastifyPluginAsyncTypebox<MailLinkRoutes> = async (app, deps) => {
  app.addHook('preHandler', deps.knocked)
  await app.register(askRoutes, deps)
  await app.register(linkRoutes, deps)
}

const askRoutes: FastifyPluginAsyncTypebox<MailLinkRoutes> = async (app, { asks }) => {
  app.post(
    '/api/mail/forgot',
    {
      schema: {
        tags,
        security: [],
        summary:
          'Ask for a mail with a link that resets a password; answered alike whether there is an account or not',
        body: MailAskBody,
        response: { 202: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const refusal = await asks.forgot(request.body.address, askerOf(request))
      if (refusal !== undefined) throw new Refused(refusal)
      return reply.code(202).send(null)
    },
  )

  app.post(
    '/api/mail/join',
    {
      schema: {
        tags,
        security: [],
        summary: 'Ask for a mail with a link that lets you in, where the domain of your address does',
        body: MailAskBody,
        response: { 202: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const refusal = await asks.join(request.body.address, askerOf(request))
      if (refusal !== undefined) throw new Refused(refusal)
      return reply.code(202).send(null)
    },
  )
}

const linkRoutes: FastifyPluginAsyncTypebox<MailLinkRoutes> = async (app, deps) => {
  const { accounts, changes, mailedPasses } = deps

  app.post(
    '/api/mail/link',
    {
      schema: {
        tags,
        security: [],
        summary: 'What a mailed link is for',
        body: MailCodeBody,
        response: { 200: MailLinkAnswer, ...refusals },
      },
    },
    async (request) => granted(await changes.look(request.body.code)),
  )

  app.post(
    '/api/mail/confirm',
    {
      schema: {
        tags,
        security: [],
        summary: 'Confirm a mail address by the link that was sent there, once',
        body: MailCodeBody,
        response: { 200: MailLinkAnswer, ...refusals },
      },
    },
    async (request) => {
      const done = granted(await changes.confirm(request.body.code, request.ip))
      return { kind: 'address' as const, ...done }
    },
  )

  app.post(
    '/api/mail/enter',
    {
      schema: {
        tags,
        security: [],
        summary: 'Sign up by a mailed link, with a name and a password',
        body: MailEnterBody,
        response: { 201: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { code, name, password } = request.body
      const pass = mailedPasses.of(code, languageOf(request))
      const came = await accounts.signUp(name, password, visitorOf(request), pass)
      return welcome(request, reply, { status: 201, kind: 'signed_up' }, came)
    },
  )
}
