// The HTTP routes of saved messages. A change is sent to the person's other connections.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { Bus } from '../bus.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { SavedAnswer, SavedMarksAnswer, SavedParams, SavedQuery } from '../protocol/saved.ts'
import { cursor, type Saved, type SavedPlace } from './saved.ts'

export interface SavedRoutes {
  saved: Saved
  bus: Pick<Bus, 'publish'>
}

const tags = ['saved']

/** For a scope that `identify` has prepared. */
export const savedRoutes: FastifyPluginAsyncTypebox<SavedRoutes> = async (app, { saved, bus }) => {
  app.addHook('preHandler', onlySignedIn)
  const tell = (user: string, place: SavedPlace, on: boolean): void =>
    bus.publish({ kind: 'event', user, event: { type: 'saved', ...place, on } })

  app.get(
    '/api/saved',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'Your saved messages, latest saved first',
        querystring: SavedQuery,
        response: { 200: SavedAnswer, ...refusals },
      },
    },
    async (request) => {
      const { limit = limits.page.default } = request.query
      const before = cursor.read(request.query.before)
      return granted(await saved.page(requireSession(request).user.id, { before, limit }))
    },
  )

  app.get(
    '/api/saved/marks',
    {
      schema: {
        tags,
        summary: 'The numbers of all your saved messages, by room',
        response: { 200: SavedMarksAnswer, ...refusals },
      },
    },
    (request) => saved.marks(requireSession(request).user.id),
  )

  const schema = { tags, params: SavedParams, response: { 204: nothing, ...refusals } }
  app.put(
    '/api/saved/:room/:seq',
    { schema: { ...schema, summary: 'Save a message for later' } },
    async (request, reply) => {
      const { user } = requireSession(request)
      const done = await saved.save(user.id, request.params)
      if (typeof done === 'object') return refuse(reply, done)
      if (done) tell(user.id, request.params, true)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/saved/:room/:seq',
    { schema: { ...schema, summary: 'Remove a saved message' } },
    async (request, reply) => {
      const { user } = requireSession(request)
      await saved.forget(user.id, request.params)
      tell(user.id, request.params, false)
      return reply.code(204).send(null)
    },
  )
}
