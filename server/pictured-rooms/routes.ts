// The HTTP routes of a room's picture.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn } from '../account/identify.ts'
import type { Memberships } from '../membership/memberships.ts'
import { requireRoom } from '../membership/require-room.ts'
import { consumed, sendImage, served } from '../pictures/images.ts'
import type { Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import { faceOf, paceShown, takeFaces, type Faces } from '../profiles/faces.ts'
import { RoomAnswer, RoomParams, refusals } from '../protocol/http.ts'
import { AvatarQuery } from '../protocol/profiles.ts'
import { Type } from 'typebox'
import type { RoomPictures } from './pictures.ts'

export interface PictureRoutes {
  pictures: RoomPictures
  memberships: Pick<Memberships, 'find'>
  gate: Gate
  faces: Faces
}

const tags = ['rooms']
const path = '/api/rooms/:room/picture'

/** For a scope that `identify` has prepared. */
export const pictureRoutes: FastifyPluginAsyncTypebox<PictureRoutes> = async (
  app,
  { pictures, memberships, gate, faces },
) => {
  app.addHook('preHandler', onlySignedIn)
  takeFaces(app)

  app.get(
    path,
    {
      config: { hasOwnRate: true },
      schema: {
        tags,
        summary: 'The picture of a room: WebP, 256 pixels wide and high',
        params: RoomParams,
        querystring: AvatarQuery,
        ...served,
        response: { 200: Type.Any({ description: 'the image' }), ...refusals },
      },
    },
    async (request, reply) => {
      await paceShown(faces, request)
      const { id } = await requireRoom(memberships, request)
      return sendImage(reply, await pictures.of(id), request.query.v)
    },
  )

  app.put(
    path,
    {
      schema: {
        tags,
        summary: 'Give a room a picture: JPEG, PNG, WebP or GIF, which is cut square and written anew',
        ...consumed,
        params: RoomParams,
        response: { 200: RoomAnswer, ...refusals },
      },
    },
    async (request) => {
      await requirePass(gate, request, 'set', ['settings'])
      return pictures.change(request, await faceOf(faces, request))
    },
  )

  app.delete(
    path,
    {
      schema: {
        tags,
        summary: 'Remove the picture of a room',
        params: RoomParams,
        response: { 200: RoomAnswer, ...refusals },
      },
    },
    async (request) => {
      await requirePass(gate, request, 'set', ['settings'])
      return pictures.change(request, undefined)
    },
  )
}
