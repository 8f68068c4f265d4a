// The faces of incoming webhooks: of all that is posted by one, unless a message brings an emoji of its own.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { granted } from '../answer.ts'
import { consumed } from '../pictures/images.ts'
import { faceOf, takeFaces, type Faces } from '../profiles/faces.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { HookParams } from '../protocol/hooks.ts'
import { nothing, refusals } from '../protocol/http.ts'
import type { IncomingHooks } from './incoming.ts'

const path = '/api/rooms/:room/hooks/incoming/:hook/avatar'
const about = { tags: ['hooks'], params: HookParams, response: { 204: nothing, ...refusals } }

export interface HookFaceRoutes {
  incoming: Pick<IncomingHooks, 'seen'>
  profiles: Pick<Profiles, 'setAvatar' | 'removeAvatar'>
  faces: Faces
}

/** For the scope of a room's webhooks, which lets only those in who manage them. */
export const hookFaceRoutes: FastifyPluginAsyncTypebox<HookFaceRoutes> = async (
  app,
  { incoming, profiles, faces },
) => {
  takeFaces(app)

  app.put(
    path,
    {
      config: { audit: 'hook_changed' },
      schema: {
        ...about,
        ...consumed,
        summary:
          'The face of an incoming webhook: JPEG, PNG, WebP or GIF, which is cut square and written anew',
      },
    },
    async (request, reply) => {
      const { room, hook } = request.params
      const { user } = granted(await incoming.seen(room, hook))
      await profiles.setAvatar(user, await faceOf(faces, request))
      return reply.code(204).send(null)
    },
  )

  app.delete(
    path,
    {
      config: { audit: 'hook_changed' },
      schema: { ...about, summary: 'Remove the face of an incoming webhook' },
    },
    async (request, reply) => {
      const { room, hook } = request.params
      const { user } = granted(await incoming.seen(room, hook))
      await profiles.removeAvatar(user)
      return reply.code(204).send(null)
    },
  )
}
