// The HTTP routes of times in a room: where one is, and how much was said when.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../../account/identify.ts'
import { isRefusal, refuse } from '../../answer.ts'
import type { Memberships } from '../../membership/memberships.ts'
import { ErrorAnswer, RoomParams } from '../../protocol/http.ts'
import { DensityAnswer, DensityQuery, MomentAnswer, MomentQuery } from '../../protocol/moments.ts'
import { isZone } from '../calendar.ts'
import type { Moments } from '../moments.ts'

export interface MomentRoutes {
  moments: Moments
  memberships: Memberships
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const tags = ['messages']

/** Stands in a scope where everybody is signed in. */
export const momentRoutes: FastifyPluginAsyncTypebox<MomentRoutes> = async (
  app,
  { moments, memberships },
) => {
  app.get(
    '/api/rooms/:room/at',
    {
      schema: {
        ...{ tags, summary: 'The first message at or after a time' },
        ...{ params: RoomParams, querystring: MomentQuery, response: { 200: MomentAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      if ((await memberships.find(requireSession(request).user.id, room)) === undefined)
        return refuse(reply, { code: 'not_found' })
      const answer = await moments.at(room, request.query.time)
      return isRefusal(answer) ? refuse(reply, answer) : answer
    },
  )

  app.get(
    '/api/rooms/:room/density',
    {
      schema: {
        ...{ tags, summary: 'How much was said in each month, or on each day of one' },
        ...{ params: RoomParams, querystring: DensityQuery, response: { 200: DensityAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      if ((await memberships.find(requireSession(request).user.id, room)) === undefined)
        return refuse(reply, { code: 'not_found' })
      const { zone = 'UTC', month } = request.query
      if (!isZone(zone)) return refuse(reply, { code: 'bad_request', detail: 'no such time zone' })
      const answer = await moments.density(room, { zone, month })
      return isRefusal(answer) ? refuse(reply, answer) : answer
    },
  )
}
