// The HTTP routes of deleting rooms, for their owners and administrators, and of restoring them, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { onlyAdmin, onlySignedIn, requireSession } from '../account/identify.ts'
import { refuse } from '../answer.ts'
import type { Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import { ErrorAnswer, RoomParams } from '../protocol/http.ts'
import {
  DeletedRoomParams,
  DeletedRoomsAnswer,
  RoomDeletionBody,
  RoomRestoringBody,
} from '../protocol/room-deletion.ts'
import type { Deciding, Deletions } from './deletions.ts'

interface DeletionRoutes {
  deletions: Deletions
  gate: Gate
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const nothing = Type.Null({ description: 'Done; no content.' })

const decidingOf = (request: FastifyRequest): Deciding => ({
  user: requireSession(request).user,
  address: request.ip,
})

export const deletionRoutes: FastifyPluginAsyncTypebox<DeletionRoutes> = async (app, given) => {
  await app.register(deleting, given)
  await app.register(restoring, given)
}

const deleting: FastifyPluginAsyncTypebox<DeletionRoutes> = async (app, { deletions, gate }) => {
  app.addHook('preHandler', onlySignedIn)
  app.post(
    '/api/rooms/:room/deletion',
    {
      schema: {
        tags: ['rooms'],
        summary: 'Delete a room with everything in it; an administrator can restore it for a day',
        params: RoomParams,
        body: RoomDeletionBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await requirePass(gate, request, 'deleteRoom')
      const { params, body } = request
      const refusal = await deletions.delete(decidingOf(request), params.room, body.name)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}

const restoring: FastifyPluginAsyncTypebox<DeletionRoutes> = async (app, { deletions }) => {
  app.addHook('preHandler', onlyAdmin)
  app.get(
    '/api/admin/rooms',
    {
      schema: {
        tags: ['moderation'],
        summary: 'The deleted rooms that can be restored, the newest first',
        response: { 200: DeletedRoomsAnswer, ...refusals },
      },
    },
    async () => ({ rooms: await deletions.list() }),
  )
  app.post(
    '/api/admin/rooms/:deleted/restore',
    {
      schema: {
        tags: ['moderation'],
        summary: 'Restore a deleted room; a day after that it is erased, and this is refused',
        params: DeletedRoomParams,
        body: RoomRestoringBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      const refusal = await deletions.restore(decidingOf(request), params.deleted, body.name)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}
