// The HTTP routes of people: everybody, one of them, and faces.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyAdmin, onlySignedIn, requireSession } from '../account/identify.ts'
import { Refused, refuse } from '../answer.ts'
import { AdminPersonParams } from '../protocol/admin-people.ts'
import { nothing, refusals } from '../protocol/http.ts'
import {
  AvatarQuery,
  OwnProfileAnswer,
  PeopleAnswer,
  PeopleQuery,
  PersonParams,
  ProfileAnswer,
} from '../protocol/profiles.ts'
import { Type } from 'typebox'
import { consumed, sendImage, served } from '../pictures/images.ts'
import { faceOf, paceShown, takeFaces, type Faces } from './faces.ts'
import type { PeoplePages } from './people-pages.ts'
import type { Profiles } from './profiles.ts'

export interface PeopleRoutes {
  pages: PeoplePages
  profiles: Profiles
  faces: Faces
}

const tags = ['people']

/** For a scope that `identify` has prepared. */
export const peopleRoutes: FastifyPluginAsyncTypebox<PeopleRoutes> = async (app, deps) => {
  await app.register(readRoutes, deps)
  await app.register(avatarRoutes, deps)
  await app.register(botAvatarRoutes, deps)
}

const readRoutes: FastifyPluginAsyncTypebox<PeopleRoutes> = async (app, { pages, profiles, faces }) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/people',
    {
      schema: {
        tags,
        summary: 'Everybody here by name, or those whose name or title has the query in it; not bots',
        querystring: PeopleQuery,
        response: { 200: PeopleAnswer, ...refusals },
      },
    },
    (request) => pages.list(request.query),
  )

  app.get(
    '/api/people/:person',
    {
      schema: {
        tags,
        operationId: 'getPerson',
        summary:
          'What somebody says about themselves, whether they are here, and the rooms where you both are',
        params: PersonParams,
        response: { 200: ProfileAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const found = await pages.one(user.id, request.params.person)
      return found ?? refuse(reply, { code: 'not_found' })
    },
  )

  app.get(
    '/api/people/:person/avatar',
    {
      config: { hasOwnRate: true },
      schema: {
        tags,
        operationId: 'getPersonAvatar',
        summary: "The image of somebody's face: WebP, 256 pixels wide and high",
        params: PersonParams,
        querystring: AvatarQuery,
        ...served,
        response: { 200: Type.Any({ description: 'the image' }), ...refusals },
      },
    },
    async (request, reply) => {
      await paceShown(faces, request)
      return sendImage(reply, await profiles.avatar(request.params.person), request.query.v)
    },
  )
}

/** One's own; a bot has one as well. */
const avatarRoutes: FastifyPluginAsyncTypebox<PeopleRoutes> = async (app, { profiles, faces }) => {
  app.addHook('preHandler', onlySignedIn)
  takeFaces(app)

  app.put(
    '/api/me/avatar',
    {
      schema: {
        tags,
        summary: 'Your face: JPEG, PNG, WebP or GIF, which is cut square and written anew',
        ...consumed,
        response: { 200: OwnProfileAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      await profiles.setAvatar(user.id, await faceOf(faces, request))
      return { profile: await profiles.own(user.id) }
    },
  )

  app.delete(
    '/api/me/avatar',
    {
      schema: {
        tags,
        summary: 'Remove the image; the face that is made from your name is there again',
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await profiles.removeAvatar(requireSession(request).user.id)
      return reply.code(204).send(null)
    },
  )
}

/** Of bots, by administrators. */
const botAvatarRoutes: FastifyPluginAsyncTypebox<PeopleRoutes> = async (app, { profiles, faces }) => {
  app.addHook('preHandler', onlyAdmin)
  takeFaces(app)
  const requireBot = async (id: string): Promise<void> => {
    if (!(await profiles.isBot(id))) throw new Refused({ code: 'no_such_person' })
  }

  app.put(
    '/api/admin/bots/:user/avatar',
    {
      config: { audit: 'bot_changed' },
      schema: {
        tags,
        summary: 'The face of a bot: JPEG, PNG, WebP or GIF, which is cut square and written anew',
        ...consumed,
        params: AdminPersonParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = request.params
      await requireBot(user)
      await profiles.setAvatar(user, await faceOf(faces, request))
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/admin/bots/:user/avatar',
    {
      config: { audit: 'bot_changed' },
      schema: {
        tags,
        summary: 'Remove the image of a bot; the face that is made from its name is there again',
        params: AdminPersonParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = request.params
      await requireBot(user)
      await profiles.removeAvatar(user)
      return reply.code(204).send(null)
    },
  )
}
