// The HTTP routes of reminders. A change is sent to all connections of the person.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { Bus } from '../bus.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { RemindBody, ReminderParams, RemindersAnswer } from '../protocol/reminders.ts'
import type { OwnReminders } from './own-reminders.ts'

export interface ReminderRoutes {
  own: OwnReminders
  bus: Pick<Bus, 'publish'>
}

const tags = ['later']

/** For a scope that `identify` has prepared. */
export const reminderRoutes: FastifyPluginAsyncTypebox<ReminderRoutes> = async (app, { own, bus }) => {
  app.addHook('preHandler', onlySignedIn)
  const tell = (user: string): void => bus.publish({ kind: 'event', user, event: { type: 'reminders' } })

  app.get(
    '/api/reminders',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'Your reminders: those that are due, then the next one first',
        response: { 200: RemindersAnswer, ...refusals },
      },
    },
    async (request) => ({ reminders: granted(await own.list(requireSession(request).user.id)) }),
  )

  app.post(
    '/api/reminders',
    {
      schema: {
        tags,
        summary: 'Be reminded of a message',
        body: RemindBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const refusal = await own.add(user, request.body)
      if (refusal !== undefined) return refuse(reply, refusal)
      tell(user.id)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/reminders/:id',
    {
      schema: {
        tags,
        summary: 'Cancel a reminder, or put one away that is due',
        params: ReminderParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      await own.putAway(user.id, request.params.id)
      tell(user.id)
      return reply.code(204).send(null)
    },
  )
}
