// The HTTP routes of push subscriptions: a device says where it is told, and asks for a test.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, Refused } from '../answer.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { PushAnswer, PushRemoveQuery, PushSubscribeAnswer, PushSubscribeBody } from '../protocol/push.ts'
import { minute } from '../protocol/units.ts'
import { checkSubscription } from './check.ts'
import type { Poster } from './post.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Vapid } from './vapid.ts'
import { pushWords } from './words.ts'

export interface PushRoutes {
  subscriptions: Subscriptions
  vapid: Vapid
  poster: Poster
  mayBePrivate: boolean
}

const tags = ['notifications']

/** For a scope that `identify` has prepared. */
export const pushRoutes: FastifyPluginAsyncTypebox<PushRoutes> = async (app, deps) => {
  const { subscriptions, vapid, mayBePrivate } = deps
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.get(
    '/api/push',
    {
      schema: {
        tags,
        summary: 'Your devices that are told, and the key that a browser subscribes with',
        response: { 200: PushAnswer, ...refusals },
      },
    },
    async (request) => ({
      publicKey: await vapid.publicKey(),
      devices: await subscriptions.list(requireSession(request)),
    }),
  )

  app.post(
    '/api/push/subscriptions',
    {
      schema: {
        tags,
        summary: 'Tell this device by push; with one more than 16, the oldest is told no more',
        body: PushSubscribeBody,
        response: { 200: PushSubscribeAnswer, ...refusals },
      },
    },
    async (request) => {
      const session = requireSession(request)
      const keys = granted(checkSubscription(request.body, mayBePrivate))
      await subscriptions.add(session, keys, request.body.language)
      const device = (await subscriptions.list(session)).find(({ current }) => current)
      if (device === undefined) throw new Refused({ code: 'signed_out' })
      return { device }
    },
  )

  app.delete(
    '/api/push/subscriptions',
    {
      schema: {
        tags,
        summary: 'Do not tell a device any more',
        querystring: PushRemoveQuery,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const isThere = await subscriptions.remove(requireSession(request), request.query.id)
      // The one that asks may have been forgotten before.
      if (!isThere && request.query.id !== undefined) throw new Refused({ code: 'not_found' })
      return reply.code(204).send(null)
    },
  )

  await app.register(testRoute, deps)
}

const testRoute: FastifyPluginAsyncTypebox<PushRoutes> = async (app, { subscriptions, poster }) => {
  app.post(
    '/api/push/test',
    {
      schema: {
        tags,
        summary: 'Send a test to this device',
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const session = requireSession(request)
      const device = await subscriptions.of(session)
      if (device === undefined) throw new Refused({ code: 'no_push_here' })
      const words = pushWords[device.language]
      const outcome = await poster.post(device, {
        payload: {
          type: 'show',
          id: '0',
          tag: 'test',
          title: words.test,
          body: words.testBody,
          link: '/notifications',
          at: Date.now(),
        },
        ttlMs: minute,
        urgency: 'high',
        topic: 'test',
      })
      if (outcome.state === 'taken') return reply.code(204).send(null)
      if (outcome.state === 'gone') await subscriptions.remove(session, undefined)
      throw new Refused({
        code: 'push_not_taken',
        detail: outcome.state === 'gone' ? 'it does not know this device any more' : outcome.error,
      })
    },
  )
}
