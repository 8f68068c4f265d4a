// The HTTP routes of people: everybody, one of them, and faces.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, Refused, refuse } from '../answer.ts'
import type { Pictures } from '../pictures/pictures.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import {
  AvatarQuery,
  OwnProfileAnswer,
  PeopleAnswer,
  PeopleQuery,
  PersonParams,
  ProfileAnswer,
} from '../protocol/profiles.ts'
import { Type } from 'typebox'
import type { RateLimiter, SharedRateLimiter } from '../rate-limiter.ts'
import { squareOf } from './avatar-image.ts'
import type { PeoplePages } from './people-pages.ts'
import type { Profiles } from './profiles.ts'

export interface PeopleRoutes {
  pages: PeoplePages
  profiles: Profiles
  pictures: Pictures
  /** Of uploads. */
  pace: SharedRateLimiter
  /** Of images that are shown. */
  shown: RateLimiter
}

const tags = ['people']
/** By whoever has read it once; the address of another image is another one. */
const forEver = 'private, max-age=31536000, immutable'

/** For a scope that `identify` has prepared. */
export const peopleRoutes: FastifyPluginAsyncTypebox<PeopleRoutes> = async (app, deps) => {
  await app.register(readRoutes, deps)
  await app.register(avatarRoutes, deps)
}

const readRoutes: FastifyPluginAsyncTypebox<PeopleRoutes> = async (app, { pages, profiles, shown }) => {
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
      // A page shows fifty of them at once, and each only once.
      config: { hasOwnRate: true },
      schema: {
        tags,
        operationId: 'getPersonAvatar',
        summary: "The image of somebody's face: WebP, 256 pixels wide and high",
        params: PersonParams,
        querystring: AvatarQuery,
        produces: ['image/webp'],
        response: { 200: Type.Any({ description: 'the image' }), ...refusals },
      },
    },
    async (request, reply) => {
      const waitMs = shown.take(requireSession(request).user.id)
      if (waitMs > 0) return refuse(reply, { code: 'too_many', retryAfterMs: waitMs })
      const found = await profiles.avatar(request.params.person)
      if (found === undefined) return refuse(reply, { code: 'not_found' })
      // The image of another hash is gone: this one is there now, and is asked for again.
      const isIt = request.query.v === found.hash
      void reply.header('cache-control', isIt ? forEver : 'private, no-cache')
      void reply.header('x-content-type-options', 'nosniff')
      void reply.header('content-security-policy', "default-src 'none'")
      return reply.type('image/webp').send(found.image)
    },
  )
}

const avatarRoutes: FastifyPluginAsyncTypebox<PeopleRoutes> = async (app, { profiles, pictures, pace }) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)
  // What it is, its bytes say; a browser that does not know the type of a file sends none.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'application/octet-stream'],
    { parseAs: 'buffer', bodyLimit: limits.avatars.uploadBytes },
    (_request, body, done) => done(null, body),
  )
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    if (error instanceof Refused) throw error
    if (error.statusCode === 413) return refuse(reply, { code: 'image_too_large' })
    if (error.statusCode === 415) return refuse(reply, { code: 'bad_image' })
    throw error
  })

  app.put(
    '/api/me/avatar',
    {
      bodyLimit: limits.avatars.uploadBytes,
      schema: {
        tags,
        summary: 'Your face: JPEG, PNG, WebP or GIF, which is cut square and written anew',
        consumes: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
        response: { 200: OwnProfileAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const { body } = request
      if (!Buffer.isBuffer(body) || body.length === 0) throw new Refused({ code: 'bad_image' })
      const waitMs = await pace.take(user.id)
      if (waitMs > 0) throw new Refused({ code: 'too_many', retryAfterMs: waitMs })
      const image = granted(await squareOf({ pictures, person: user.id }, body, request.signal))
      await profiles.setAvatar(user.id, image)
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
