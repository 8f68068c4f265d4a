// The HTTP routes of threads: their pages, and which of them one follows. How one stands to a thread is told to one's
// other connections.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { isRefusal, refuse } from '../answer.ts'
import { isConnectionLost } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Pace } from '../pace.ts'
import type { Refusal } from '../protocol/errors.ts'
import { ErrorAnswer, ThreadAnswer, ThreadParams, ThreadQuery } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { ThreadMarksAnswer, ThreadReadBody, ThreadsAnswer, ThreadsQuery } from '../protocol/threads.ts'
import type { FollowedThreads, ThreadStanding } from './threads.ts'

export interface ThreadRoutes {
  history: History
  memberships: Memberships
  threads: FollowedThreads
  /** Of read markers. */
  reads: Pace
  onStanding: (userId: string, standing: ThreadStanding & { room: string; thread: number }) => void
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const nothing = Type.Null({ description: 'Done; there is nothing to say.' })
const tags = ['threads']

/** What MySQL has to give; a refusal while it is away. */
const asked = <T>(answer: Promise<T>): Promise<T | Refusal> =>
  answer.catch((error: unknown) => {
    if (isConnectionLost(error)) return { code: 'unavailable', retryAfterMs: 5_000 } as const
    throw error
  })

/** Stands in a scope that `identify` has prepared. */
export const threadRoutes: FastifyPluginAsyncTypebox<ThreadRoutes> = async (
  app,
  { history, memberships, threads, reads, onStanding },
) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/rooms/:room/threads/:root/messages',
    {
      schema: {
        ...{ tags, summary: 'A page of a thread, oldest first' },
        ...{ params: ThreadParams, querystring: ThreadQuery, response: { 200: ThreadAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room, root } = request.params
      if ((await memberships.find(requireSession(request).user.id, room)) === undefined)
        return refuse(reply, { code: 'not_found' })
      const { before, after, limit = limits.page.usual } = request.query
      if (before !== undefined && after !== undefined)
        return refuse(reply, { code: 'bad_request', detail: 'only one of before and after' })
      const place = before === undefined ? (after === undefined ? {} : { after }) : { before }
      const page = await history.thread(room, root, { ...place, limit })
      return isRefusal(page) ? refuse(reply, page) : page
    },
  )

  app.get(
    '/api/threads',
    {
      schema: {
        ...{ tags, summary: 'Threads you follow: what has something new first' },
        ...{ querystring: ThreadsQuery, response: { 200: ThreadsAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { before, limit = limits.page.usual } = request.query
      const [isFresh, at, room = '', thread] = before?.split('-') ?? []
      const place =
        before === undefined
          ? undefined
          : { isFresh: Number(isFresh), at: Number(at), room, thread: Number(thread) }
      const page = await asked(threads.page(requireSession(request).user.id, { before: place, limit }))
      return isRefusal(page) ? refuse(reply, page) : page
    },
  )

  app.get(
    '/api/threads/marks',
    {
      schema: {
        ...{ tags, summary: 'All threads you follow, and how far you have read each' },
        response: { 200: ThreadMarksAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const marks = await asked(threads.marks(requireSession(request).user.id))
      return isRefusal(marks) ? refuse(reply, marks) : marks
    },
  )

  for (const [method, on] of [
    ['PUT', true],
    ['DELETE', false],
  ] as const)
    app.route({
      method,
      url: '/api/rooms/:room/threads/:root/follow',
      schema: {
        ...{ tags, summary: on ? 'Follow a thread' : 'Do not follow a thread any longer' },
        ...{ params: ThreadParams, response: { 204: nothing, ...refusals } },
      },
      handler: async (request, reply) => {
        const { room, root: thread } = request.params
        const { user } = requireSession(request)
        const standing = await asked(threads.follow(user.id, { room, thread }, on))
        if (isRefusal(standing)) return refuse(reply, standing)
        onStanding(user.id, { room, thread, ...standing })
        return reply.code(204).send(null)
      },
    })

  app.put(
    '/api/rooms/:room/threads/:root/read',
    {
      schema: {
        ...{ tags, summary: 'I have read this thread up to a number; it never goes back' },
        ...{ params: ThreadParams, body: ThreadReadBody, response: { 204: nothing, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room, root: thread } = request.params
      const { user } = requireSession(request)
      const wait = reads.take(user.id)
      if (wait > 0) return refuse(reply, { code: 'too_many', retryAfterMs: wait })
      const standing = await asked(threads.read(user.id, { room, thread, ...request.body }))
      if (isRefusal(standing)) return refuse(reply, standing)
      onStanding(user.id, { room, thread, ...standing })
      return reply.code(204).send(null)
    },
  )
}
