// The HTTP routes of who has seen a message.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted } from '../answer.ts'
import type { Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import { MessageParams, refusals } from '../protocol/http.ts'
import { SeenAnswer, SeenSetting } from '../protocol/seen.ts'
import type { Seen } from './seen.ts'

export interface SeenRoutes {
  seen: Seen
  gate: Gate
}

/** For a scope that `identify` has prepared. */
export const seenRoutes: FastifyPluginAsyncTypebox<SeenRoutes> = async (app, { seen, gate }) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/rooms/:room/messages/:seq/seen',
    {
      schema: {
        tags: ['messages'],
        summary: 'Who has read up to a message, in a small room',
        params: MessageParams,
        response: { 200: SeenAnswer, ...refusals },
      },
    },
    async (request) => {
      const { person } = await requirePass(gate, request, 'read')
      return granted(await seen.of(person.id, request.params))
    },
  )

  app.get(
    '/api/me/seen',
    {
      schema: {
        tags: ['account'],
        summary: 'Whether others see what you have read, and you what they have',
        response: { 200: SeenSetting, ...refusals },
      },
    },
    async (request) => ({ shows: await seen.shows(requireSession(request).user.id) }),
  )

  app.put(
    '/api/me/seen',
    {
      schema: {
        tags: ['account'],
        summary: 'Choose whether others see what you have read, and you what they have',
        body: SeenSetting,
        response: { 200: SeenSetting, ...refusals },
      },
    },
    async (request) => {
      await seen.set(requireSession(request).user.id, request.body.shows)
      return request.body
    },
  )
}
