// The HTTP routes of times in a room: finding one, and the number of messages over time.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { granted, refuse } from '../../answer.ts'
import type { Memberships } from '../../membership/memberships.ts'
import { requireRoom } from '../../membership/require-room.ts'
import { RoomParams, refusals } from '../../protocol/http.ts'
import { DensityAnswer, DensityQuery, MomentAnswer, MomentQuery } from '../../protocol/moments.ts'
import { isZone } from '../calendar.ts'
import type { Moments } from '../moments.ts'

export interface MomentRoutes {
  moments: Moments
  memberships: Memberships
}

const tags = ['messages']

/** For a scope in which everybody is signed in. */
export const momentRoutes: FastifyPluginAsyncTypebox<MomentRoutes> = async (
  app,
  { moments, memberships },
) => {
  app.get(
    '/api/rooms/:room/at',
    {
      schema: {
        tags,
        summary: 'The first message at or after a time',
        params: RoomParams,
        querystring: MomentQuery,
        response: { 200: MomentAnswer, ...refusals },
      },
    },
    async (request) => {
      const { room } = request.params
      await requireRoom(memberships, request)
      return granted(await moments.at(room, request.query.time))
    },
  )

  app.get(
    '/api/rooms/:room/density',
    {
      schema: {
        tags,
        summary: 'The number of entries in each month, or on each day of a month',
        params: RoomParams,
        querystring: DensityQuery,
        response: { 200: DensityAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      await requireRoom(memberships, request)
      const { zone = 'UTC', month } = request.query
      if (!isZone(zone)) return refuse(reply, { code: 'bad_request', detail: 'no such time zone' })
      return granted(await moments.density(room, { zone, month }))
    },
  )
}
