// The HTTP routes of rooms and their members. The rules are in Memberships; this only translates requests and
// answers.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, isRefusal, refuse } from '../answer.ts'
import {
  MemberBody,
  MemberParams,
  MembersAnswer,
  MembersQuery,
  HandOverBody,
  RoleBody,
  RoomAnswer,
  RoomBody,
  RoomChangeBody,
  RoomParams,
  RoomsAnswer,
  nothing,
  refusals,
} from '../protocol/http.ts'
import type { Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import { limits } from '../protocol/limits.ts'
import { rightsFor } from '../protocol/room-settings.ts'
import { directoryRoute } from './directory.ts'
import type { Memberships } from './memberships.ts'
import { ownSettingsRoute } from './own-settings-route.ts'
import type { OwnSettings } from './own-settings.ts'

interface MemberRoutes {
  memberships: Memberships
  gate: Gate
}

export interface RoomRoutes extends MemberRoutes {
  settings: OwnSettings
}

const tags = ['rooms']

/** For a scope that `identify` has prepared. */
export const roomRoutes: FastifyPluginAsyncTypebox<RoomRoutes> = async (
  app,
  { memberships, gate, settings },
) => {
  app.addHook('preHandler', onlySignedIn)
  await app.register(memberRoutes, { gate, memberships })
  await app.register(otherMemberRoutes, { gate, memberships })
  await app.register(ownSettingsRoute, { gate, memberships, settings })
  await app.register(directoryRoute, { directory: (user, asked) => memberships.directory(user, asked) })

  app.get(
    '/api/rooms',
    {
      schema: {
        tags,
        summary: 'Your rooms, and the public ones',
        response: { 200: RoomsAnswer, ...refusals },
      },
    },
    async (request) => ({ rooms: await memberships.list(requireSession(request).user.id) }),
  )

  app.post(
    '/api/rooms',
    {
      schema: {
        tags,
        summary: 'Create a room',
        body: RoomBody,
        response: { 201: RoomAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const room = await memberships.create(requireSession(request).user, request.body)
      return isRefusal(room) ? refuse(reply, room) : reply.code(201).send({ room })
    },
  )

  app.get(
    '/api/rooms/:room',
    {
      schema: {
        tags,
        summary: 'One room',
        params: RoomParams,
        response: { 200: RoomAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const room = await memberships.summary(requireSession(request).user.id, request.params.room)
      return room === undefined ? refuse(reply, { code: 'not_found' }) : { room }
    },
  )

  app.patch(
    '/api/rooms/:room',
    {
      schema: {
        tags,
        summary: 'Change a room: its name, topic, kind, who may write in it and how often; archive it',
        params: RoomParams,
        body: RoomChangeBody,
        response: { 200: RoomAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const { kind, ...others } = request.body
      const change = kind === undefined ? others : { ...others, visibility: kind }
      const action = change.archived === false ? 'restore' : change.topic === undefined ? 'set' : 'topic'
      await requirePass(gate, request, action, rightsFor(change))
      return { room: granted(await memberships.change(user, request.params.room, change, request.ip)) }
    },
  )
}

/** The members of a room, joining and leaving. */
const memberRoutes: FastifyPluginAsyncTypebox<MemberRoutes> = async (app, { gate, memberships }) => {
  app.get(
    '/api/rooms/:room/members',
    {
      schema: {
        tags,
        summary: 'The members of a room, page by page, and which of them are online',
        params: RoomParams,
        querystring: MembersQuery,
        response: { 200: MembersAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const { after, limit = limits.membersListed } = request.query
      return granted(await memberships.members(user.id, request.params.room, { after, limit }))
    },
  )

  app.post(
    '/api/rooms/:room/members',
    {
      schema: {
        tags,
        summary: 'Add somebody to a room, by name',
        params: RoomParams,
        body: MemberBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      await requirePass(gate, request, 'bringIn')
      const refusal = await memberships.addMember(user, request.params.room, request.body.name)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )

  app.put(
    '/api/rooms/:room/members/me',
    {
      schema: {
        tags,
        summary: 'Join a room',
        params: RoomParams,
        response: { 200: RoomAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      await requirePass(gate, request, 'join')
      return { room: granted(await memberships.join(user, request.params.room)) }
    },
  )

  app.delete(
    '/api/rooms/:room/members/me',
    {
      schema: {
        tags,
        summary: 'Leave a room',
        params: RoomParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      await requirePass(gate, request, 'leave')
      const refusal = await memberships.leave(user, request.params.room)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}

/** Roles of other members, and removing them. */
const otherMemberRoutes: FastifyPluginAsyncTypebox<MemberRoutes> = async (app, { gate, memberships }) => {
  app.put(
    '/api/rooms/:room/members/:user',
    {
      schema: {
        tags,
        summary: 'Make somebody an owner, a moderator or a member',
        params: MemberParams,
        body: RoleBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, user: other } = request.params
      const { user } = requireSession(request)
      await requirePass(gate, request, 'role')
      const refusal = await memberships.roles.set(user, room, other, request.body.role, request.ip)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )

  app.put(
    '/api/rooms/:room/owner',
    {
      schema: {
        tags,
        summary: 'Make somebody the owner in your place',
        params: RoomParams,
        body: HandOverBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user: to, own = 'moderator' } = request.body
      const { user } = requireSession(request)
      await requirePass(gate, request, 'role')
      const { room } = request.params
      const refusal = await memberships.roles.handOver(user, room, { to, own, address: request.ip })
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )

  app.delete(
    '/api/rooms/:room/members/:user',
    {
      schema: {
        tags,
        summary: 'Remove somebody from a room',
        params: MemberParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, user: other } = request.params
      const { user } = requireSession(request)
      const isSelf = other === user.id
      await requirePass(gate, request, isSelf ? 'leave' : 'remove')
      const refusal = await (isSelf
        ? memberships.leave(user, room)
        : memberships.roles.remove(user, room, other, request.ip))
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}
