// The HTTP routes of direct rooms, and of blocking.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import type { Bus } from '../bus.ts'
import type { Gate } from '../posting/gate.ts'
import { requirePass } from '../posting/require-pass.ts'
import {
  BlockParams,
  BlocksAnswer,
  ConversionAnswer,
  ConversionBody,
  DirectAnswer,
  DirectBody,
} from '../protocol/directs.ts'
import { RoomParams, nothing, refusals } from '../protocol/http.ts'
import type { Conversions } from './conversions.ts'
import type { Directs } from './directs.ts'
import type { OwnBlocks } from './own-blocks.ts'

export interface DirectRoutes {
  gate: Gate
  directs: Directs
  conversions: Conversions
  own: OwnBlocks
  bus: Pick<Bus, 'publish'>
}

const tags = ['directs']

/** For a scope that `identify` has prepared. */
export const directRoutes: FastifyPluginAsyncTypebox<DirectRoutes> = async (app, deps) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)
  await app.register(openRoute, deps)
  await app.register(closeRoutes, deps)
  await app.register(conversionRoutes, deps)
  await app.register(blockRoutes, deps)
}

const openRoute: FastifyPluginAsyncTypebox<DirectRoutes> = async (app, { directs }) => {
  app.post(
    '/api/directs',
    {
      schema: {
        tags,
        summary: 'Open the direct room of you and these people; it is made if there is none',
        body: DirectBody,
        response: { 200: DirectAnswer, 201: DirectAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const { room, isNew } = granted(await directs.open(user, request.body.people))
      return reply.code(isNew ? 201 : 200).send({ room })
    },
  )
}

const closeRoutes: FastifyPluginAsyncTypebox<DirectRoutes> = async (app, { directs, gate }) => {
  for (const [method, isClosed] of [
    ['PUT', true],
    ['DELETE', false],
  ] as const)
    app.route({
      method,
      url: '/api/directs/:room/closed',
      schema: {
        tags,
        summary: isClosed
          ? 'Take a direct room out of your list, until something is said in it; nothing is lost'
          : 'Put a direct room that you have closed back into your list',
        params: RoomParams,
        response: { 204: nothing, ...refusals },
      },
      handler: async (request, reply) => {
        const { room } = request.params as { room: string }
        await requirePass(gate, { session: request.session, body: undefined, params: { room } }, 'close')
        const refusal = await directs.close(requireSession(request).user.id, room, isClosed)
        return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
      },
    })
}

const conversionRoutes: FastifyPluginAsyncTypebox<DirectRoutes> = async (app, { conversions, gate }) => {
  const url = '/api/directs/:room/conversion'
  app.get(
    url,
    {
      schema: {
        tags,
        summary: 'Whether a direct room is to become a private one, and who has agreed',
        params: RoomParams,
        response: { 200: ConversionAnswer, ...refusals },
      },
    },
    async (request) => {
      await requirePass(gate, request, 'read')
      return conversions.of(request.params.room)
    },
  )
  app.put(
    url,
    {
      schema: {
        tags,
        summary:
          'Ask that a direct room becomes a private one, or agree; it does once everybody in it has agreed',
        params: RoomParams,
        body: ConversionBody,
        response: { 200: ConversionAnswer, ...refusals },
      },
    },
    async (request) => {
      await requirePass(gate, request, 'convert')
      const { user } = requireSession(request)
      const { params, body, ip: address } = request
      return granted(await conversions.agree({ user, room: params.room, name: body.name, address }))
    },
  )
  app.delete(
    url,
    {
      schema: {
        tags,
        summary: 'Have a direct room stay as it is',
        params: RoomParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await requirePass(gate, request, 'convert')
      await conversions.decline(requireSession(request).user, request.params.room)
      return reply.code(204).send(null)
    },
  )
}

const blockRoutes: FastifyPluginAsyncTypebox<DirectRoutes> = async (app, { own, bus }) => {
  // Of their own devices; the other one is not told.
  const tell = (user: string): void => bus.publish({ kind: 'event', user, event: { type: 'blocks' } })

  app.get(
    '/api/blocks',
    { schema: { tags, summary: 'Whom you block', response: { 200: BlocksAnswer, ...refusals } } },
    (request) => own.list(requireSession(request).user.id),
  )

  app.put(
    '/api/blocks/:user',
    {
      schema: {
        tags,
        summary: 'Block somebody; they are not told',
        params: BlockParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const refusal = await own.block(user.id, request.params.user)
      if (refusal !== undefined) return refuse(reply, refusal)
      tell(user.id)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/blocks/:user',
    {
      schema: {
        tags,
        summary: 'Block somebody no more',
        params: BlockParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      await own.unblock(user.id, request.params.user)
      tell(user.id)
      return reply.code(204).send(null)
    },
  )
}
