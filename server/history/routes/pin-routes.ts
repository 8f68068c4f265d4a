// The HTTP route of a room's pinned messages.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { isRefusal, refuse } from '../../answer.ts'
import type { Memberships } from '../../membership/memberships.ts'
import { requireRoom } from '../../membership/require-room.ts'
import { PinsAnswer, RoomParams, refusals } from '../../protocol/http.ts'
import type { Pins } from '../pins.ts'

export interface PinRoutes {
  pins: Pins
  memberships: Memberships
}

const tags = ['messages']

/** For a scope in which everybody is signed in. */
export const pinRoutes: FastifyPluginAsyncTypebox<PinRoutes> = async (app, { pins, memberships }) => {
  app.get(
    '/api/rooms/:room/pins',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'The pinned messages of a room, latest pin first',
        params: RoomParams,
        response: { 200: PinsAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      await requireRoom(memberships, request)
      const found = await pins.of(room, request.signal)
      return isRefusal(found) ? refuse(reply, found) : { pins: found }
    },
  )
}
