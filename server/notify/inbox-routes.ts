// The HTTP routes of the inbox. What one device puts away or takes back, the others are told of.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { Bus } from '../bus.ts'
import { unlessAway } from '../db.ts'
import { nothing, refusals } from '../protocol/http.ts'
import {
  InboxAnswer,
  InboxDoneAnswer,
  InboxDoneBody,
  InboxMarksAnswer,
  InboxQuery,
  InboxUndoBody,
} from '../protocol/inbox.ts'
import { limits } from '../protocol/limits.ts'
import type { InboxList } from './inbox.ts'

export interface InboxRoutes {
  inbox: InboxList
  bus: Pick<Bus, 'publish'>
}

const tags = ['notifications']

/** For a scope that `identify` has prepared. */
export const inboxRoutes: FastifyPluginAsyncTypebox<InboxRoutes> = async (app, { inbox, bus }) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)
  const changed = (user: string): void => bus.publish({ kind: 'event', user, event: { type: 'inbox' } })

  app.get(
    '/api/inbox',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'What you were told of, newest first',
        querystring: InboxQuery,
        response: { 200: InboxAnswer, ...refusals },
      },
    },
    async (request) => {
      const { limit = limits.inbox.page.default, filter = 'todo', after } = request.query
      const page = { limit, filter, after: after === undefined ? undefined : Number(after) }
      return granted(await unlessAway(() => inbox.page(requireSession(request).user.id, page)))
    },
  )

  app.get(
    '/api/inbox/marks',
    {
      schema: {
        tags,
        summary: 'The numbers of everything that you have to do',
        response: { 200: InboxMarksAnswer, ...refusals },
      },
    },
    async (request) => granted(await unlessAway(() => inbox.marks(requireSession(request).user.id))),
  )

  app.post(
    '/api/inbox/done',
    {
      schema: {
        tags,
        summary: 'Put away what is to do',
        body: InboxDoneBody,
        response: { 200: InboxDoneAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const answer = await inbox.done(user.id, request.body, Date.now())
      if (answer.done > 0) changed(user.id)
      return answer
    },
  )

  app.post(
    '/api/inbox/undo',
    {
      schema: {
        tags,
        summary: 'Take back what was put away',
        body: InboxUndoBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      if (!(await inbox.undo(user.id, request.body.undo, Date.now())))
        return refuse(reply, { code: 'not_found' })
      changed(user.id)
      return reply.code(204).send(null)
    },
  )
}
