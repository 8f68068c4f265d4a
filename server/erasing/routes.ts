// The HTTP routes of deleting everything that somebody has said, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { onlyAdmin, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import { ErasingAnswer, ErasingBody, ErasingParams, ErasingsAnswer } from '../protocol/erasing.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { personOf } from '../protocol/people.ts'
import type { Deciding, Erasings } from './erasings.ts'

const tags = ['moderation']

const decidingOf = (request: FastifyRequest): Deciding => ({
  by: personOf(requireSession(request).user),
  address: request.ip,
})

export const erasingRoutes: FastifyPluginAsyncTypebox<{ erasings: Erasings }> = async (app, { erasings }) => {
  app.addHook('preHandler', onlyAdmin)

  app.post(
    '/api/admin/erasings',
    {
      schema: {
        tags,
        summary:
          'Delete everything that somebody has said since a time, in all rooms; it can be undone for a day',
        body: ErasingBody,
        response: { 201: ErasingAnswer, ...refusals },
      },
    },
    async (request, reply) =>
      reply.code(201).send(granted(await erasings.make(decidingOf(request), request.body))),
  )

  app.get(
    '/api/admin/erasings',
    {
      schema: {
        tags,
        summary: 'What was deleted of whom and can be restored, the newest first',
        response: { 200: ErasingsAnswer, ...refusals },
      },
    },
    async () => ({ erasings: await erasings.list() }),
  )

  app.delete(
    '/api/admin/erasings/:erasing',
    {
      schema: {
        tags,
        summary: 'Restore what was deleted; a day after that it is erased, and this is refused',
        params: ErasingParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const refusal = await erasings.undo(decidingOf(request), request.params.erasing)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}
