// The HTTP route of what a message said before. Who may not read it hears what is said of a message that is not there.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../../account/identify.ts'
import { isRefusal, refuse } from '../../answer.ts'
import type { Memberships } from '../../membership/memberships.ts'
import { ErrorAnswer, MessageParams, RevisionsAnswer } from '../../protocol/http.ts'
import { mayReadRevisions } from '../../protocol/rights.ts'
import type { Revisions } from '../revisions.ts'

export interface RevisionRoute {
  revisions: Revisions
  memberships: Memberships
}

/** Stands in a scope where nobody passes who is not signed in. */
export const revisionRoute: FastifyPluginAsyncTypebox<RevisionRoute> = async (
  app,
  { revisions, memberships },
) => {
  app.get(
    '/api/rooms/:room/messages/:seq/revisions',
    {
      schema: {
        ...{ tags: ['messages'], summary: 'What a message said before it was edited, oldest first' },
        params: MessageParams,
        response: { 200: RevisionsAnswer, '4xx': ErrorAnswer, '5xx': ErrorAnswer },
      },
    },
    async (request, reply) => {
      const { room, seq } = request.params
      const { user } = requireSession(request)
      const seen = await memberships.find(user.id, room)
      if (seen === undefined) return refuse(reply, { code: 'not_found' })
      if (!mayReadRevisions(seen.revisions, { ...seen, admin: user.admin }))
        return refuse(reply, { code: 'no_such_message' })
      const answer = await revisions.of(room, seq)
      return isRefusal(answer) ? refuse(reply, answer) : answer
    },
  )
}
