// The HTTP routes of what is pinned to a room: the list, and pinning for bots and curl, the same path as the socket's.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../../account/identify.ts'
import { isRefusal, refuse } from '../../answer.ts'
import {
  CidBody,
  ErrorAnswer,
  MessageParams,
  PinsAnswer,
  RoomParams,
  SendAnswer,
} from '../../protocol/http.ts'
import { personOf } from '../../protocol/people.ts'
import type { Pins } from '../pins.ts'
import { refuseSpeech, type ChangeRoutes } from './change-routes.ts'

export interface PinRoutes extends ChangeRoutes {
  pins: Pins
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const tags = ['messages']

/** Stands in a scope where nobody passes who is not signed in. */
export const pinRoutes: FastifyPluginAsyncTypebox<PinRoutes> = async (app, parts) => {
  const { pins, changes, memberships } = parts

  app.get(
    '/api/rooms/:room/pins',
    {
      schema: {
        ...{ tags, summary: 'What is pinned to a room, the last pinned first' },
        ...{ params: RoomParams, response: { 200: PinsAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      if ((await memberships.find(requireSession(request).user.id, room)) === undefined)
        return refuse(reply, { code: 'not_found' })
      const found = await pins.of(room, request.signal)
      return isRefusal(found) ? refuse(reply, found) : { pins: found }
    },
  )

  for (const [method, on] of [
    ['PUT', true],
    ['DELETE', false],
  ] as const)
    app.route({
      method,
      url: '/api/rooms/:room/pins/:seq',
      schema: {
        ...{ tags, summary: on ? 'Pin a message' : 'Unpin a message' },
        ...{ params: MessageParams, body: CidBody, response: { 200: SendAnswer, ...refusals } },
      },
      handler: async (request, reply) => {
        const { user } = requireSession(request)
        const { room, seq } = request.params
        const refusal = await refuseSpeech(parts, user, room)
        if (refusal !== undefined) return refuse(reply, refusal)
        const made = await changes.pin(personOf(user), { room, seq, on, ...request.body })
        return isRefusal(made) ? refuse(reply, made) : made
      },
    })
}
