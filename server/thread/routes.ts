// The HTTP routes of threads: their pages, and which of them a person follows. Changes are sent to the person's other
// connections.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { History } from '../history/history.ts'
import type { ThreadPlace } from '../history/sql/followers.ts'
import type { Memberships } from '../membership/memberships.ts'
import { requireRoom } from '../membership/require-room.ts'
import type { Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import { ThreadAnswer, ThreadParams, ThreadQuery, nothing, refusals } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { User } from '../protocol/people.ts'
import { ThreadMarksAnswer, ThreadReadBody, ThreadsAnswer, ThreadsQuery } from '../protocol/threads.ts'
import { cursor, type FollowedThreads, type ThreadStanding } from './threads.ts'

export interface ThreadRoutes {
  history: History
  memberships: Memberships
  threads: FollowedThreads
  gate: Gate
}

const tags = ['threads']
const toggles = [
  ['PUT', true],
  ['DELETE', false],
] as const

/** For a scope that `identify` has prepared. */
export const threadRoutes: FastifyPluginAsyncTypebox<ThreadRoutes> = async (app, deps) => {
  app.addHook('preHandler', onlySignedIn)
  await app.register(readingRoutes, deps)
  await app.register(standingRoutes, deps)
}

const readingRoutes: FastifyPluginAsyncTypebox<ThreadRoutes> = async (
  app,
  { history, memberships, threads },
) => {
  app.get(
    '/api/rooms/:room/threads/:root/messages',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'A page of a thread, oldest first',
        params: ThreadParams,
        querystring: ThreadQuery,
        response: { 200: ThreadAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, root } = request.params
      await requireRoom(memberships, request)
      const { before, after, limit = limits.page.default } = request.query
      if (before !== undefined && after !== undefined)
        return refuse(reply, { code: 'bad_request', detail: 'only one of before and after' })
      const place = before === undefined ? (after === undefined ? {} : { after }) : { before }
      return granted(await history.thread(room, root, { ...place, limit }))
    },
  )

  app.get(
    '/api/threads',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'Threads you follow, unread ones first',
        querystring: ThreadsQuery,
        response: { 200: ThreadsAnswer, ...refusals },
      },
    },
    async (request) => {
      const { limit = limits.page.default } = request.query
      const before = cursor.read(request.query.before)
      return granted(await threads.page(requireSession(request).user.id, { before, limit }))
    },
  )

  app.get(
    '/api/threads/marks',
    {
      schema: {
        tags,
        summary: 'All threads you follow, and how far you have read each',
        response: { 200: ThreadMarksAnswer, ...refusals },
      },
    },
    (request) => threads.marks(requireSession(request).user.id),
  )
}

/** A person's state in a thread: following it, and the read position. */
const standingRoutes: FastifyPluginAsyncTypebox<ThreadRoutes> = async (app, { threads, gate }) => {
  const tell = (user: User, place: ThreadPlace, standing: ThreadStanding): void =>
    threads.tell(user.id, { ...place, ...standing })

  for (const [method, on] of toggles)
    app.route({
      method,
      url: '/api/rooms/:room/threads/:root/follow',
      schema: {
        tags,
        summary: on ? 'Follow a thread' : 'Unfollow a thread',
        params: ThreadParams,
        response: { 204: nothing, ...refusals },
      },
      handler: async (request, reply) => {
        const { room, root: thread } = request.params
        const { user } = requireSession(request)
        const place = { room, thread }
        await requirePass(gate, request, 'follow')
        tell(user, place, granted(await threads.follow(user.id, place, on)))
        return reply.code(204).send(null)
      },
    })

  app.put(
    '/api/rooms/:room/threads/:root/read',
    {
      schema: {
        tags,
        summary: 'Mark a thread as read up to a number; the pointer never moves back',
        params: ThreadParams,
        body: ThreadReadBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, root: thread } = request.params
      const { user } = requireSession(request)
      const place = { room, thread }
      await requirePass(gate, request, 'read')
      tell(user, place, granted(await threads.read(user.id, { ...place, ...request.body })))
      return reply.code(204).send(null)
    },
  )
}
