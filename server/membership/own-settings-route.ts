// The HTTP route of what a member sets for a room.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../account/identify.ts'
import { refuse } from '../answer.ts'
import type { Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import { MemberSettingsBody, RoomAnswer, RoomParams, refusals } from '../protocol/http.ts'
import type { Memberships } from './memberships.ts'
import type { OwnSettings } from './own-settings.ts'

interface OwnSettingsRoute {
  gate: Gate
  memberships: Pick<Memberships, 'summary'>
  settings: OwnSettings
}

/** For a scope in which everybody is signed in. */
export const ownSettingsRoute: FastifyPluginAsyncTypebox<OwnSettingsRoute> = async (
  app,
  { gate, memberships, settings },
) => {
  app.patch(
    '/api/rooms/:room/members/me',
    {
      schema: {
        tags: ['rooms'],
        summary:
          'Set for yourself what you are told of a room, until when it is muted, and where it is listed',
        params: RoomParams,
        body: MemberSettingsBody,
        response: { 200: RoomAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const { room } = request.params
      await requirePass(gate, request, 'tune')
      const refusal = await settings.change(user.id, room, request.body)
      if (refusal !== undefined) return refuse(reply, refusal)
      const seen = await memberships.summary(user.id, room)
      return seen === undefined ? refuse(reply, { code: 'not_found' }) : { room: seen }
    },
  )
}
