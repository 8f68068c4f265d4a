// The HTTP routes of asking to join: for whoever asks, and for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { onlyAdmin, requireSession } from '../account/identify.ts'
import { logAccountEvent } from '../account/account-log.ts'
import { giveToken } from '../account/token.ts'
import { visitorOf } from '../account/welcome.ts'
import { granted, Refused, refuse } from '../answer.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Banning } from '../moderation/bans.ts'
import { nothing, refusals } from '../protocol/http.ts'
import {
  AcceptAnswer,
  AcceptBody,
  AskAnswer,
  AskBody,
  AskedAnswer,
  AskedBody,
  DeclineBody,
  JoinRequestParams,
  JoinRequestsAnswer,
} from '../protocol/join-requests.ts'
import { personOf } from '../protocol/people.ts'
import type { Asking } from './asking.ts'
import type { JoinRequests } from './requests.ts'

export interface JoinRequestRoutes {
  asking: Asking
  requests: Pick<JoinRequests, 'list'>
  memberships: Pick<Memberships, 'invitableRooms'>
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
}

const tags = ['access']

/** For a scope that `identify` has prepared. */
export const joinRequestRoutes: FastifyPluginAsyncTypebox<JoinRequestRoutes> = async (app, deps) => {
  await app.register(askRoutes, deps)
  await app.register(adminRoutes, deps)
}

const askRoutes: FastifyPluginAsyncTypebox<JoinRequestRoutes> = async (app, { asking, knocked }) => {
  app.addHook('preHandler', knocked)

  app.post(
    '/api/requests',
    {
      schema: {
        tags,
        security: [],
        operationId: 'postJoinRequest',
        summary: 'Ask to join, where administrators let people ask',
        body: AskBody,
        response: { 201: AskAnswer, ...refusals },
      },
    },
    async (request, reply) =>
      reply.code(201).send(granted(await asking.ask(request.body, visitorOf(request)))),
  )

  app.post(
    '/api/requests/state',
    {
      schema: {
        tags,
        security: [],
        operationId: 'postJoinRequestState',
        summary: 'What has come of a request; whoever was let in is signed in by this answer, once',
        body: AskedBody,
        response: { 200: AskedAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { own, came } = granted(await asking.look(request.body.request, visitorOf(request)))
      if (came !== undefined) {
        giveToken(request, reply, came.token)
        request.hasSignedIn = true
        await logAccountEvent(request, came.user, 'signed_in')
      }
      const { state, name, reason } = own
      const expiresAt = state === 'waiting' ? own.expiresAt : null
      return { state, name, reason, expiresAt, user: came?.user ?? null }
    },
  )

  app.post(
    '/api/requests/withdraw',
    {
      schema: {
        tags,
        security: [],
        operationId: 'postJoinRequestWithdraw',
        summary: 'Take a request back that waits',
        body: AskedBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await asking.takeBack(request.body.request)
      return reply.code(204).send(null)
    },
  )
}

const answering = (request: FastifyRequest): Banning => ({
  by: personOf(requireSession(request).user),
  address: request.ip,
})

const adminRoutes: FastifyPluginAsyncTypebox<JoinRequestRoutes> = async (app, deps) => {
  const { asking, requests, memberships } = deps
  app.addHook('preHandler', onlyAdmin)

  app.get(
    '/api/admin/requests',
    {
      schema: {
        tags,
        operationId: 'getJoinRequests',
        summary: 'Who asks to join and has no answer yet, the oldest first',
        response: { 200: JoinRequestsAnswer, ...refusals },
      },
    },
    async () => ({ requests: await requests.list() }),
  )

  app.post(
    '/api/admin/requests/:request/accept',
    {
      schema: {
        tags,
        operationId: 'postJoinRequestAccept',
        summary: 'Let somebody in who asks to join; they get their account at once',
        params: JoinRequestParams,
        body: AcceptBody,
        response: { 200: AcceptAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { rooms = [] } = request.body
      const mine = await memberships.invitableRooms(requireSession(request).user.id)
      // Whoever is not in a private room does not learn that it is there.
      if (rooms.some((room) => !mine.has(room))) return refuse(reply, { code: 'not_found' })
      return granted(await asking.accept(answering(request), request.params.request, [...new Set(rooms)]))
    },
  )

  app.post(
    '/api/admin/requests/:request/decline',
    {
      schema: {
        tags,
        operationId: 'postJoinRequestDecline',
        summary: 'Decline a request to join, with a reason that they are told; also ban their address',
        params: JoinRequestParams,
        body: DeclineBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const refusal = await asking.decline(answering(request), request.params.request, request.body)
      if (refusal !== undefined) throw new Refused(refusal)
      return reply.code(204).send(null)
    },
  )
}
