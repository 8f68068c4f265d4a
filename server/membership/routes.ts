// The HTTP routes of rooms and their members. Rules are in Memberships; here are only words in and out.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { isRefusal, refuse } from '../answer.ts'
import {
  ErrorAnswer,
  MemberBody,
  MemberParams,
  MembersAnswer,
  RoleBody,
  RoomAnswer,
  RoomBody,
  RoomChangeBody,
  RoomParams,
  RoomsAnswer,
} from '../protocol/http.ts'
import type { Memberships } from './memberships.ts'

export interface RoomRoutes {
  memberships: Memberships
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const nothing = Type.Null({ description: 'Done; there is nothing to say.' })
const tags = ['rooms']

/** Stands in a scope that `identify` has prepared. */
export const roomRoutes: FastifyPluginAsyncTypebox<RoomRoutes> = async (app, { memberships }) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/rooms',
    {
      schema: { tags, summary: 'My rooms, and the public ones', response: { 200: RoomsAnswer, ...refusals } },
    },
    async (request) => ({ rooms: await memberships.list(requireSession(request).user.id) }),
  )

  app.post(
    '/api/rooms',
    {
      schema: {
        tags,
        summary: 'Make a room',
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
        summary: "Set a room's topic, or who may read earlier versions of messages",
        params: RoomParams,
        body: RoomChangeBody,
        response: { 200: RoomAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const room = await memberships.change(user, request.params.room, request.body)
      return isRefusal(room) ? refuse(reply, room) : { room }
    },
  )

  app.get(
    '/api/rooms/:room/members',
    {
      schema: {
        tags,
        summary: 'Who is in a room, and who of them is here',
        params: RoomParams,
        response: { 200: MembersAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const answer = await memberships.members(requireSession(request).user.id, request.params.room)
      return isRefusal(answer) ? refuse(reply, answer) : answer
    },
  )

  app.post(
    '/api/rooms/:room/members',
    {
      schema: {
        tags,
        summary: 'Bring somebody into a room, by name',
        params: RoomParams,
        body: MemberBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
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
    async (request, reply) => {
      const room = await memberships.join(requireSession(request).user, request.params.room)
      return isRefusal(room) ? refuse(reply, room) : { room }
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
      const refusal = await memberships.leave(requireSession(request).user, request.params.room)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )

  app.put(
    '/api/rooms/:room/members/:user',
    {
      schema: {
        ...{ tags, summary: 'Make somebody an owner, a moderator or a member' },
        ...{ params: MemberParams, body: RoleBody, response: { 204: nothing, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room, user } = request.params
      const me = requireSession(request).user
      const refusal = await memberships.roles.set(me, room, user, request.body.role)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )

  app.delete(
    '/api/rooms/:room/members/:user',
    {
      schema: {
        ...{ tags, summary: 'Take somebody out of a room' },
        ...{ params: MemberParams, response: { 204: nothing, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room, user } = request.params
      const me = requireSession(request).user
      const refusal = await (user === me.id
        ? memberships.leave(me, room)
        : memberships.roles.remove(me, room, user))
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}
