// The HTTP routes of people and sessions. The rules are in Accounts and Sessions; this only translates requests and answers.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import type { Passes } from '../access/passes.ts'
import { isRefusal, refuse } from '../answer.ts'
import {
  CredentialsBody,
  GuestBody,
  OwnerBody,
  PasswordBody,
  SessionParams,
  SessionsAnswer,
  SignUpBody,
  UserAnswer,
  nothing,
  refusals,
} from '../protocol/http.ts'
import { DeviceNameBody } from '../protocol/devices.ts'
import { limits } from '../protocol/limits.ts'
import { cleanLine } from '../protocol/names.ts'
import { userOf } from '../protocol/people.ts'
import { SessionAnswer } from '../protocol/security.ts'
import type { Accounts } from './accounts.ts'
import { logAccountEvent } from './account-log.ts'
import { onlyPeople, onlySignedIn, renewSession, requireSession } from './identify.ts'
import type { Session, Sessions } from './sessions.ts'
import { bringsToken, renewToken, takeTokenBack, tokenOf } from './token.ts'
import { visitorOf, welcome } from './welcome.ts'

export interface AccountRoutes {
  accounts: Accounts
  sessions: Sessions
  passes: Passes
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
}

const tags = ['account']

/** For a scope that `identify` has prepared. */
export const accountRoutes: FastifyPluginAsyncTypebox<AccountRoutes> = async (app, deps) => {
  await app.register(enterRoutes, deps)
  await app.register(ownerRoutes, deps)
  await app.register(ownSessionRoutes, deps)
  await app.register(sessionRoutes, deps)
}

/** Signing up, coming in as a guest, and signing in. */
const enterRoutes: FastifyPluginAsyncTypebox<AccountRoutes> = async (app, { accounts, passes, knocked }) => {
  app.post(
    '/api/users',
    {
      preHandler: knocked,
      schema: {
        tags,
        security: [],
        summary: 'Sign up with a name and a password',
        body: SignUpBody,
        response: { 201: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { name, password, invite } = request.body
      const came = await accounts.signUp(name, password, visitorOf(request), passes.visitor(invite))
      return welcome(request, reply, { status: 201, kind: 'signed_up' }, came)
    },
  )

  app.post(
    '/api/guests',
    {
      preHandler: knocked,
      schema: {
        tags,
        security: [],
        summary: 'Enter as a guest, with only a name',
        body: GuestBody,
        response: { 201: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { name, invite } = request.body
      const came = await accounts.enterAsGuest(name, visitorOf(request), passes.visitor(invite))
      return welcome(request, reply, { status: 201, kind: 'came_as_guest' }, came)
    },
  )

  app.post(
    '/api/session',
    {
      preHandler: knocked,
      schema: {
        tags,
        security: [],
        summary: 'Sign in',
        body: CredentialsBody,
        response: { 200: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body
      const came = await accounts.signIn(name, password, visitorOf(request))
      return welcome(request, reply, { status: 200, kind: 'signed_in' }, came)
    },
  )
}

/** Signing up by the link that makes an administrator. */
const ownerRoutes: FastifyPluginAsyncTypebox<AccountRoutes> = async (app, { accounts, passes, knocked }) => {
  app.post(
    '/api/owner',
    {
      preHandler: knocked,
      schema: {
        tags,
        security: [],
        summary: 'Sign up as an administrator, by the link that the first start or `brook admin link` prints',
        body: OwnerBody,
        response: { 201: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { code, name, password } = request.body
      const came = await accounts.signUp(name, password, visitorOf(request), passes.owner(code))
      return welcome(request, reply, { status: 201, kind: 'came_as_owner' }, came)
    },
  )
}

/** Whoever is banned has no session in what they ask for, and can still end it. */
async function bannedSession(sessions: Sessions, request: FastifyRequest): Promise<Session | undefined> {
  const token = request.ban === undefined ? undefined : tokenOf(request)
  const session = token === undefined ? undefined : await sessions.find(token)
  return session?.user.bot === true ? undefined : session
}

/** The session of the request: who it is, its password, its end. */
const ownSessionRoutes: FastifyPluginAsyncTypebox<AccountRoutes> = async (app, { accounts, sessions }) => {
  app.get(
    '/api/session',
    {
      // Who brings a token wants to know whether it is still good; without one, nobody is signed in.
      preHandler: async (request, reply) => {
        if (request.session !== undefined || request.ban !== undefined || !bringsToken(request))
          return undefined
        takeTokenBack(request, reply)
        return refuse(reply, { code: 'signed_out' })
      },
      schema: {
        tags,
        security: [{}, { session: [] }, { sessionOverTls: [] }, { token: [] }],
        summary: 'Who is signed in; null without a session',
        response: { 200: SessionAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      // A browser requests this whenever it opens.
      renewToken(request, reply)
      const { session, ban } = request
      return {
        user: session === undefined ? null : userOf(session.user),
        ...(ban === undefined ? {} : { ban }),
        ...(session?.needs === undefined ? {} : { needs: session.needs }),
      }
    },
  )

  app.delete(
    '/api/session',
    {
      preHandler: onlyPeople,
      config: { isForAll: true },
      schema: { tags, summary: 'Sign out', response: { 204: nothing, ...refusals } },
    },
    async (request, reply) => {
      const session = request.session ?? (await bannedSession(sessions, request))
      if (session !== undefined) {
        await sessions.close(session.user.id, session.id)
        await logAccountEvent(request, session.user, 'signed_out')
      }
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
        summary: 'Set a password, or change it with the current one; other sessions end',
        body: PasswordBody,
        response: { 200: UserAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { password, current } = request.body
      const user = await accounts.setPassword(requireSession(request), password, current)
      if (isRefusal(user)) return refuse(reply, user)
      await logAccountEvent(request, user, 'password_set')
      await renewSession(request, reply, sessions)
      return { user }
    },
  )
}

/** All sessions of a person. */
const sessionRoutes: FastifyPluginAsyncTypebox<AccountRoutes> = async (app, { sessions }) => {
  app.get(
    '/api/sessions',
    {
      preHandler: onlySignedIn,
      schema: { tags, summary: 'Your sessions', response: { 200: SessionsAnswer, ...refusals } },
    },
    async (request) => ({ sessions: await sessions.list(requireSession(request)) }),
  )

  app.patch(
    '/api/sessions/:session',
    {
      preHandler: [onlySignedIn, onlyPeople],
      schema: {
        tags,
        operationId: 'patchOneOfSessions',
        summary: 'Name one of your devices; null: by its browser again',
        params: SessionParams,
        body: DeviceNameBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { name: raw } = request.body
      const name = raw === null ? null : cleanLine(raw, limits.nameChars)
      if (name === undefined) return refuse(reply, { code: 'bad_name' })
      const { user } = requireSession(request)
      if (!(await sessions.name(user.id, request.params.session, name)))
        return refuse(reply, { code: 'not_found' })
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/sessions/:session',
    {
      preHandler: [onlySignedIn, onlyPeople],
      schema: {
        tags,
        operationId: 'deleteOneOfSessions',
        summary: 'End one of your sessions',
        params: SessionParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      if (!(await sessions.close(user.id, request.params.session)))
        return refuse(reply, { code: 'not_found' })
      await logAccountEvent(request, user, 'session_ended')
      return reply.code(204).send(null)
    },
  )
}
