// The HTTP routes of people and sessions. Rules are in Accounts and Sessions; here are only words in and out.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { isRefusal, refuse } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import {
  CredentialsBody,
  ErrorAnswer,
  GuestBody,
  PasswordBody,
  SessionParams,
  SessionsAnswer,
  UserAnswer,
} from '../protocol/http.ts'
import type { Accounts, SignedIn, Visitor } from './accounts.ts'
import { onlyPeople, onlySignedIn, requireSession } from './identify.ts'
import type { Sessions } from './sessions.ts'
import { giveToken, renewToken, takeTokenBack, tokenOf } from './token.ts'

export interface AccountRoutes {
  accounts: Accounts
  sessions: Sessions
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const nothing = Type.Null({ description: 'Done; there is nothing to say.' })
const tags = ['account']

const visitorOf = ({ ip, headers }: FastifyRequest): Visitor => ({
  address: ip,
  agent: headers['user-agent'] ?? '',
})

/** Stands in a scope that `identify` has prepared. */
export const accountRoutes: FastifyPluginAsyncTypebox<AccountRoutes> = async (
  app,
  { accounts, sessions },
) => {
  const welcome = (
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    came: SignedIn | Refusal,
  ): FastifyReply => {
    if (isRefusal(came)) return refuse(reply, came)
    giveToken(request, reply, came.token)
    return reply.code(status).send({ user: came.user })
  }

  app.post(
    '/api/users',
    {
      schema: {
        tags,
        summary: 'Sign up with a name and a password',
        body: CredentialsBody,
        response: { 201: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body
      return welcome(request, reply, 201, await accounts.signUp(name, password, visitorOf(request)))
    },
  )

  app.post(
    '/api/guests',
    {
      schema: {
        tags,
        summary: 'Come in as a guest, with a name alone',
        body: GuestBody,
        response: { 201: UserAnswer, ...refusals },
      },
    },
    async (request, reply) =>
      welcome(request, reply, 201, await accounts.enterAsGuest(request.body.name, visitorOf(request))),
  )

  app.post(
    '/api/session',
    {
      schema: {
        tags,
        summary: 'Sign in',
        body: CredentialsBody,
        response: { 200: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body
      return welcome(request, reply, 200, await accounts.signIn(name, password, visitorOf(request)))
    },
  )

  app.get(
    '/api/session',
    {
      preHandler: onlySignedIn,
      schema: { tags, summary: 'Who am I', response: { 200: UserAnswer, ...refusals } },
    },
    async (request, reply) => {
      // A browser asks this whenever it opens.
      renewToken(request, reply)
      return { user: requireSession(request).user }
    },
  )

  app.delete(
    '/api/session',
    {
      preHandler: onlyPeople,
      schema: { tags, summary: 'Sign out', response: { 204: nothing, ...refusals } },
    },
    async (request, reply) => {
      const { session } = request
      if (session !== undefined) await sessions.close(session.user.id, session.id)
      takeTokenBack(request, reply)
      return reply.code(204).send(null)
    },
  )

  app.put(
    '/api/session/password',
    {
      preHandler: [onlySignedIn, onlyPeople],
      schema: {
        tags,
        summary: 'Set a password, or change it by the current one; other sessions end',
        body: PasswordBody,
        response: { 200: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { password, current } = request.body
      const user = await accounts.setPassword(requireSession(request), password, current)
      if (isRefusal(user)) return refuse(reply, user)
      const token = tokenOf(request)
      if (token !== undefined) await sessions.refresh(token)
      return { user }
    },
  )

  app.get(
    '/api/sessions',
    {
      preHandler: onlySignedIn,
      schema: { tags, summary: 'Where I am signed in', response: { 200: SessionsAnswer, ...refusals } },
    },
    async (request) => ({ sessions: await sessions.list(requireSession(request)) }),
  )

  app.delete(
    '/api/sessions/:session',
    {
      preHandler: [onlySignedIn, onlyPeople],
      schema: {
        tags,
        summary: 'End one of my sessions',
        params: SessionParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      return (await sessions.close(user.id, request.params.session))
        ? reply.code(204).send(null)
        : refuse(reply, { code: 'not_found' })
    },
  )
}
