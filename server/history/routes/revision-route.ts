// The HTTP route of a message's earlier versions. For people who may not read them, the answer is the same as for a
// message that does not exist.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../../account/identify.ts'
import { granted, refuse } from '../../answer.ts'
import type { Memberships } from '../../membership/memberships.ts'
import { requireRoom } from '../../membership/require-room.ts'
import { MessageParams, RevisionsAnswer, refusals } from '../../protocol/http.ts'
import { mayReadRevisions } from '../../protocol/rights.ts'
import type { Revisions } from '../revisions.ts'

export interface RevisionRoute {
  revisions: Revisions
  memberships: Memberships
}

/** For a scope in which everybody is signed in. */
export const revisionRoute: FastifyPluginAsyncTypebox<RevisionRoute> = async (
  app,
  { revisions, memberships },
) => {
  app.get(
    '/api/rooms/:room/messages/:seq/revisions',
    {
      config: { heavy: 'made' },
      schema: {
        tags: ['messages'],
        summary: 'Earlier versions of a message, oldest first',
        params: MessageParams,
        response: { 200: RevisionsAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, seq } = request.params
      const { user } = requireSession(request)
      const seen = await requireRoom(memberships, request)
      if (!mayReadRevisions(seen.revisions, { ...seen, admin: user.admin }))
        return refuse(reply, { code: 'no_such_message' })
      return granted(await revisions.of(room, seq))
    },
  )
}
