// The files of a room, and one's own.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../../account/identify.ts'
import { requireRoom } from '../../membership/require-room.ts'
import type { Memberships } from '../../membership/memberships.ts'
import { FilesAnswer, OwnFilesQuery, RoomFilesQuery } from '../../protocol/files.ts'
import { refusals, RoomParams } from '../../protocol/http.ts'
import type { FileLists } from '../lists.ts'

export interface ListRoutes {
  lists: FileLists
  memberships: Pick<Memberships, 'find'>
}

const tags = ['files']

/** For a scope that `identify` has prepared. */
export const listRoutes: FastifyPluginAsyncTypebox<ListRoutes> = async (app, { lists, memberships }) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/rooms/:room/files',
    {
      schema: {
        tags,
        summary: 'The files of a room, the newest first, once their messages are archived',
        params: RoomParams,
        querystring: RoomFilesQuery,
        response: { 200: FilesAnswer, ...refusals },
      },
    },
    async (request) => {
      await requireRoom(memberships, request)
      return lists.room(request.params.room, request.query)
    },
  )

  app.get(
    '/api/me/files',
    {
      schema: {
        tags,
        summary: 'The files that you have sent to rooms where you are, the newest first',
        querystring: OwnFilesQuery,
        response: { 200: FilesAnswer, ...refusals },
      },
    },
    (request) => lists.own(requireSession(request).user.id, request.query),
  )
}
