// The HTTP routes for posting and changing messages, for bots and curl: the same path as the socket's requests.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn } from '../account/identify.ts'
import { granted } from '../answer.ts'
import {
  CidBody,
  EditBody,
  MessageParams,
  ReactionParams,
  RoomParams,
  SendAnswer,
  SendBody,
  refusals,
} from '../protocol/http.ts'
import type { Changes } from './change.ts'
import { postAction, type Gate } from './gate.ts'
import { requirePass } from './require-pass.ts'
import type { Say } from './say.ts'

export interface PostingRoutes {
  gate: Gate
  say: Say
  changes: Changes
}

const response = { 200: SendAnswer, ...refusals } as const
const tags = ['messages']
const toggles = [
  ['PUT', true],
  ['DELETE', false],
] as const

/** For a scope that `identify` has prepared. */
export const postingRoutes: FastifyPluginAsyncTypebox<PostingRoutes> = async (app, deps) => {
  app.addHook('preHandler', onlySignedIn)
  await app.register(sayRoute, deps)
  await app.register(changeRoutes, deps)
  await app.register(toggleRoutes, deps)
}

const sayRoute: FastifyPluginAsyncTypebox<PostingRoutes> = async (app, { gate, say }) => {
  app.post(
    '/api/rooms/:room/messages',
    {
      schema: {
        tags,
        summary: 'Send a message; the same cid is never sent twice',
        params: RoomParams,
        body: SendBody,
        response: { 201: SendAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const by = await requirePass(gate, request, postAction(request.body))
      const said = granted(await say.say(by, { ...request.params, ...request.body }))
      return reply.code(201).send(said)
    },
  )
}

const changeRoutes: FastifyPluginAsyncTypebox<PostingRoutes> = async (app, { gate, changes }) => {
  app.patch(
    '/api/rooms/:room/messages/:seq',
    {
      schema: {
        tags,
        summary: 'Edit one of your messages',
        params: MessageParams,
        body: EditBody,
        response,
      },
    },
    async (request) => {
      const by = await requirePass(gate, request, 'edit')
      return granted(await changes.edit(by, { ...request.params, ...request.body }))
    },
  )

  app.delete(
    '/api/rooms/:room/messages/:seq',
    {
      schema: {
        tags,
        summary: 'Delete a message; its number stays',
        params: MessageParams,
        body: CidBody,
        response,
      },
    },
    async (request) => {
      const by = await requirePass(gate, request, 'delete')
      return granted(await changes.delete(by, { ...request.params, ...request.body }))
    },
  )
}

/** What is added to a message and removed from it. */
const toggleRoutes: FastifyPluginAsyncTypebox<PostingRoutes> = async (app, { gate, changes }) => {
  for (const [method, on] of toggles) {
    app.route({
      method,
      url: '/api/rooms/:room/messages/:seq/reactions/:emoji',
      schema: {
        tags,
        summary: on ? 'React with an emoji' : 'Remove a reaction',
        params: ReactionParams,
        body: CidBody,
        response,
      },
      handler: async (request) => {
        const by = await requirePass(gate, request, 'react')
        return granted(await changes.react(by, { ...request.params, on, ...request.body }))
      },
    })

    app.route({
      method,
      url: '/api/rooms/:room/pins/:seq',
      schema: {
        tags,
        summary: on ? 'Pin a message' : 'Unpin a message',
        params: MessageParams,
        body: CidBody,
        response,
      },
      handler: async (request) => {
        const by = await requirePass(gate, request, 'pin')
        return granted(await changes.pin(by, { ...request.params, on, ...request.body }))
      },
    })
  }
}
