// The HTTP routes of bans: of the workspace for administrators, of a room for its moderators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { onlyAdmin, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { Memberships } from '../membership/memberships.ts'
import { MemberParams, RoomParams, nothing, refusals } from '../protocol/http.ts'
import {
  BanAnswer,
  BanBody,
  BanParams,
  BansAnswer,
  BansQuery,
  RoomBanBody,
  RoomBansAnswer,
} from '../protocol/moderation.ts'
import { personOf } from '../protocol/people.ts'
import { cleanReason, endOf, type Banning, type Bans } from './bans.ts'

const tags = ['moderation']

const banningOf = (request: FastifyRequest): Banning => ({
  by: personOf(requireSession(request).user),
  address: request.ip,
})

export const moderationRoutes: FastifyPluginAsyncTypebox<{ bans: Bans }> = async (app, { bans }) => {
  app.addHook('preHandler', onlyAdmin)

  app.post(
    '/api/admin/bans',
    {
      schema: {
        tags,
        summary: 'Ban a person or an address: their connections end at once, and they are told why',
        body: BanBody,
        response: { 201: BanAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const made = granted(await bans.make(banningOf(request), request.body))
      return reply.code(201).send(made)
    },
  )

  app.get(
    '/api/admin/bans',
    {
      schema: {
        tags,
        summary: 'The bans that hold, page by page',
        querystring: BansQuery,
        response: { 200: BansAnswer, ...refusals },
      },
    },
    (request) => bans.list(request.query),
  )

  app.delete(
    '/api/admin/bans/:ban',
    {
      schema: {
        tags,
        summary: 'Lift a ban',
        params: BanParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) =>
      (await bans.end(banningOf(request), request.params.ban))
        ? reply.code(204).send(null)
        : refuse(reply, { code: 'not_found' }),
  )
}

export const roomBanRoutes: FastifyPluginAsyncTypebox<{ memberships: Memberships }> = async (
  app,
  { memberships },
) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/rooms/:room/bans',
    {
      schema: {
        tags,
        summary: 'Who is banned from a room, for those who may ban',
        params: RoomParams,
        response: { 200: RoomBansAnswer, ...refusals },
      },
    },
    async (request) =>
      granted(await memberships.bans.list(requireSession(request).user, request.params.room)),
  )

  app.put(
    '/api/rooms/:room/bans/:user',
    {
      // A body is optional.
      preValidation: async (request) => void (request.body ??= {}),
      schema: {
        tags,
        summary: 'Ban somebody from a room, or change their ban',
        params: MemberParams,
        body: RoomBanBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, user: person } = request.params
      const { reason: raw, expiresInMs } = request.body
      const reason = cleanReason(raw)
      if (reason === undefined) return refuse(reply, { code: 'bad_reason' })
      const ban = { room, person, reason, expiresAt: endOf(expiresInMs) }
      const refusal = await memberships.bans.put(requireSession(request).user, ban, request.ip)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )

  app.delete(
    '/api/rooms/:room/bans/:user',
    {
      schema: {
        tags,
        summary: 'Lift the ban of somebody from a room; they may join it again',
        params: MemberParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, user } = request.params
      const refusal = await memberships.bans.end(requireSession(request).user, room, user, request.ip)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}
