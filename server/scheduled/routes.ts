// The HTTP routes of scheduled messages. A change is sent to all connections of the person.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, isRefusal, refuse } from '../answer.ts'
import type { Gate } from '../posting/gate.ts'
import { refuseWords } from '../posting/refuse-words.ts'
import type { Claims } from '../files/claims.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { sentBody } from '../protocol/message.ts'
import {
  RescheduleBody,
  ScheduleBody,
  Scheduled,
  ScheduledAnswer,
  ScheduledParams,
} from '../protocol/scheduled.ts'
import { Nullable } from '../protocol/schema.ts'
import type { ScheduledMessages } from './scheduled.ts'

export interface ScheduledRoutes {
  scheduled: ScheduledMessages
  gate: Pick<Gate, 'pass'>
  claims: Pick<Claims, 'claim' | 'giveBack'>
  tell: (user: string, id: string, scheduled: Scheduled | null) => void
  /** Something may be due. */
  soon: () => void
}

const tags = ['later']

/** For a scope that `identify` has prepared. */
export const scheduledRoutes: FastifyPluginAsyncTypebox<ScheduledRoutes> = async (app, deps) => {
  app.addHook('preHandler', onlySignedIn)
  await app.register(listRoutes, deps)
  await app.register(changeRoutes, deps)
}

/** The list, and one more in it. */
const listRoutes: FastifyPluginAsyncTypebox<ScheduledRoutes> = async (
  app,
  { scheduled, gate, claims, tell },
) => {
  app.get(
    '/api/scheduled',
    {
      schema: {
        tags,
        summary: 'Your scheduled messages, the next one first; those that were refused stay among them',
        response: { 200: ScheduledAnswer, ...refusals },
      },
    },
    async (request) => ({ scheduled: await scheduled.list(requireSession(request).user.id) }),
  )

  app.post(
    '/api/scheduled',
    {
      schema: {
        tags,
        summary: 'Schedule a message; null: the one with this cid has been sent or deleted since',
        body: ScheduleBody,
        response: { 201: Nullable(Scheduled), ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const { room, cid, at, ...said } = request.body
      const by = granted(await gate.pass({ actor: user, action: 'read', room }))
      const code = refuseWords(by, said.text, said)
      if (code !== undefined) return refuse(reply, { code })
      const wanted = { user: user.id, room, cid, at, said: sentBody(said) }
      // From now on they are kept for it; its cid becomes the message's.
      const { files = [] } = said
      const claim = { user: user.id, room, cid, files }
      if (files.length > 0) granted(await claims.claim(claim))
      const added = await scheduled.add(wanted)
      if (added !== null && isRefusal(added) && files.length > 0) await claims.giveBack(claim)
      const answer = added === null ? null : granted(added)
      if (answer !== null) tell(user.id, answer.id, answer)
      return reply.code(201).send(answer)
    },
  )
}

const changeRoutes: FastifyPluginAsyncTypebox<ScheduledRoutes> = async (app, { scheduled, tell, soon }) => {
  app.patch(
    '/api/scheduled/:id',
    {
      schema: {
        tags,
        summary: 'Change a scheduled message, send it now, or take its deletion back',
        params: ScheduledParams,
        body: RescheduleBody,
        response: { 200: Scheduled, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const answer = granted(await scheduled.change(user.id, request.params.id, request.body))
      tell(user.id, answer.id, answer)
      soon()
      return answer
    },
  )

  app.delete(
    '/api/scheduled/:id',
    {
      schema: {
        tags,
        summary: 'Delete a scheduled message; for a day this can be undone',
        params: ScheduledParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const refusal = await scheduled.remove(user.id, request.params.id)
      if (refusal !== undefined) return refuse(reply, refusal)
      tell(user.id, request.params.id, null)
      return reply.code(204).send(null)
    },
  )
}
