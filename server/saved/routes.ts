// The HTTP routes of what one has saved for later. A change is told to one's other connections.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { isRefusal, refuse } from '../answer.ts'
import { isConnectionLost } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import { ErrorAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { SavedAnswer, SavedMarksAnswer, SavedParams, SavedQuery } from '../protocol/saved.ts'
import type { Saved, SavedPlace } from './saved.ts'

export interface SavedRoutes {
  saved: Saved
  /** Somebody has saved a message (`on`), or does not want it any more. */
  onSaved: (userId: string, place: SavedPlace & { on: boolean }) => void
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const nothing = Type.Null({ description: 'Done; there is nothing to say.' })
const tags = ['saved']

/** What MySQL has to give; a refusal while it is away. */
const asked = <T>(answer: Promise<T>): Promise<T | Refusal> =>
  answer.catch((error: unknown) => {
    if (isConnectionLost(error)) return { code: 'unavailable', retryAfterMs: 5_000 } as const
    throw error
  })

/** Stands in a scope that `identify` has prepared. */
export const savedRoutes: FastifyPluginAsyncTypebox<SavedRoutes> = async (app, { saved, onSaved }) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/saved',
    {
      schema: {
        ...{ tags, summary: 'What you have saved, newest saved first' },
        ...{ querystring: SavedQuery, response: { 200: SavedAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { before, limit = limits.page.usual } = request.query
      const [at, room = '', seq] = before?.split('-') ?? []
      const place = before === undefined ? undefined : { at: Number(at), room, seq: Number(seq) }
      const { user } = requireSession(request)
      const page = await asked(saved.page(user.id, { before: place, limit }))
      return isRefusal(page) ? refuse(reply, page) : page
    },
  )

  app.get(
    '/api/saved/marks',
    {
      schema: {
        ...{ tags, summary: 'The numbers of all you have saved, by room' },
        response: { 200: SavedMarksAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const marks = await asked(saved.marks(requireSession(request).user.id))
      return isRefusal(marks) ? refuse(reply, marks) : marks
    },
  )

  const schema = { tags, params: SavedParams, response: { 204: nothing, ...refusals } }
  app.put(
    '/api/saved/:room/:seq',
    { schema: { ...schema, summary: 'Save a message for later' } },
    async (request, reply) => {
      const { user } = requireSession(request)
      const done = await asked(saved.save(user.id, request.params))
      if (typeof done === 'object') return refuse(reply, done)
      if (done) onSaved(user.id, { ...request.params, on: true })
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/saved/:room/:seq',
    { schema: { ...schema, summary: 'Do not keep a message any longer' } },
    async (request, reply) => {
      const { user } = requireSession(request)
      const refusal = await asked(saved.forget(user.id, request.params))
      if (refusal !== undefined) return refuse(reply, refusal)
      onSaved(user.id, { ...request.params, on: false })
      return reply.code(204).send(null)
    },
  )
}
