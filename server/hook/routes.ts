// The HTTP routes of a room's webhooks, for its owner and administrators. Only translates requests and answers.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, isRefusal, refuse } from '../answer.ts'
import type { History } from '../history/history.ts'
import type { Log } from '../log/log.ts'
import type { Memberships } from '../membership/memberships.ts'
import { requireRoom } from '../membership/require-room.ts'
import { mayManage } from '../posting/gate.ts'
import * as words from '../protocol/hooks.ts'
import { RoomParams, nothing, refusals } from '../protocol/http.ts'
import type { Faces } from '../profiles/faces.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { hookFaceRoutes } from './face-routes.ts'
import type { Deliverer } from './deliverer.ts'
import type { IncomingHooks } from './incoming.ts'
import type { Outgoing, OutgoingHooks } from './outgoing.ts'

export interface HookRoutes {
  memberships: Pick<Memberships, 'find'>
  incoming: IncomingHooks
  outgoing: OutgoingHooks
  history: Pick<History, 'page'>
  log: Pick<Log, 'head'>
  deliverer: Pick<Deliverer, 'lookNow'>
  profiles: Pick<Profiles, 'setAvatar' | 'removeAvatar'>
  faces: Faces
}

const tags = ['hooks']
const base = '/api/rooms/:room/hooks'

/** For a scope that `identify` has prepared. */
export const hookRoutes: FastifyPluginAsyncTypebox<HookRoutes> = async (app, deps) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', async (request: FastifyRequest, reply: FastifyReply) => {
    const { user } = requireSession(request)
    const params = request.params as { room: string }
    const seen = await requireRoom(deps.memberships, { session: request.session, params })
    // An administrator manages those of every room that they can see.
    return mayManage({ ...seen, admin: user.admin }) ? undefined : refuse(reply, { code: 'not_allowed' })
  })

  await app.register(listRoute, deps)
  await app.register(incomingRoutes, deps)
  await app.register(hookFaceRoutes, deps)
  await app.register(outgoingRoutes, deps)
  await app.register(deliveryRoutes, deps)
}

/** A hook with how far behind it is. Its secret is not sent. */
const shows =
  ({ log, history }: Pick<HookRoutes, 'log' | 'history'>) =>
  async (hook: Outgoing): Promise<words.OutgoingHook> => {
    const { secret: _secret, room, failingSince: _since, replays: _replays, owner: _owner, ...shown } = hook
    const behind = Math.max(0, log.head(room) - hook.cursor)
    const next = behind === 0 ? undefined : await history.page(room, { after: hook.cursor, limit: 1 })
    const since = next === undefined || isRefusal(next) ? null : (next.messages[0]?.at ?? null)
    return { ...shown, behind, behindSince: since }
  }

const listRoute: FastifyPluginAsyncTypebox<HookRoutes> = async (app, deps) => {
  const { incoming, outgoing, log } = deps
  const show = shows(deps)
  app.get(
    base,
    {
      schema: {
        tags,
        summary: 'The webhooks of a room, and how far each has delivered',
        params: RoomParams,
        response: { 200: words.HooksAnswer, ...refusals },
      },
    },
    async ({ params: { room } }) => ({
      incoming: await incoming.list(room),
      outgoing: await Promise.all((await outgoing.list(room)).map(show)),
      head: log.head(room),
    }),
  )
}

/** Incoming hooks. */
const incomingRoutes: FastifyPluginAsyncTypebox<HookRoutes> = async (app, { incoming }) => {
  app.post(
    `${base}/incoming`,
    {
      config: { audit: 'hook_made' },
      schema: {
        tags,
        summary: 'Create an incoming webhook; its URL is returned only this once',
        params: RoomParams,
        body: words.IncomingBody,
        response: { 201: words.OpenedAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      const opened = await incoming.make(params.room, body.name, requireSession(request).user.id)
      return isRefusal(opened) ? refuse(reply, opened) : reply.code(201).send(opened)
    },
  )

  app.patch(
    `${base}/incoming/:hook`,
    {
      config: { audit: 'hook_changed' },
      schema: {
        tags,
        summary: 'Rename an incoming webhook',
        params: words.HookParams,
        body: words.IncomingBody,
        response: { 200: words.IncomingAnswer, ...refusals },
      },
    },
    async ({ params: { room, hook }, body }, reply) => {
      const renamed = await incoming.rename(room, hook, body.name)
      return isRefusal(renamed) ? refuse(reply, renamed) : { hook: renamed }
    },
  )

  app.post(
    `${base}/incoming/:hook/secret`,
    {
      config: { audit: 'hook_changed' },
      schema: {
        tags,
        summary: 'Replace the URL of an incoming webhook',
        params: words.HookParams,
        response: { 200: words.OpenedAnswer, ...refusals },
      },
    },
    async (request) => {
      const { room, hook } = request.params
      return granted(await incoming.renew(room, hook, requireSession(request).user.id))
    },
  )

  app.delete(
    `${base}/incoming/:hook`,
    {
      config: { audit: 'hook_removed' },
      schema: {
        tags,
        summary: 'Remove an incoming webhook; its messages stay',
        params: words.HookParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async ({ params: { room, hook } }, reply) => {
      const refusal = await incoming.remove(room, hook)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}

/** Outgoing hooks. */
const outgoingRoutes: FastifyPluginAsyncTypebox<HookRoutes> = async (app, deps) => {
  const { outgoing, log, deliverer } = deps
  const show = shows(deps)
  app.post(
    `${base}/outgoing`,
    {
      config: { audit: 'hook_made' },
      schema: {
        tags,
        summary: 'Create an outgoing webhook; its secret is returned only this once',
        params: RoomParams,
        body: words.OutgoingBody,
        response: { 201: words.SignedAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { url, filter = { kind: 'all' } } = request.body
      const { room } = request.params
      const owner = requireSession(request).user.id
      const made = await outgoing.make({ room, url, filter, cursor: log.head(room), owner })
      if (isRefusal(made)) return refuse(reply, made)
      deliverer.lookNow()
      return reply.code(201).send({ hook: await show(made), secret: made.secret })
    },
  )

  app.delete(
    `${base}/outgoing/:hook`,
    {
      config: { audit: 'hook_removed' },
      schema: {
        tags,
        summary: 'Remove an outgoing webhook',
        params: words.HookParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async ({ params: { room, hook } }, reply) => {
      if ((await outgoing.find(room, hook)) === undefined) return refuse(reply, { code: 'not_found' })
      await outgoing.remove(room, hook)
      return reply.code(204).send(null)
    },
  )
}

/** Control of a hook's delivery: pause, resume, replay. */
const deliveryRoutes: FastifyPluginAsyncTypebox<HookRoutes> = async (app, deps) => {
  const { outgoing, log, deliverer } = deps
  const show = shows(deps)
  const answerHook = async (room: string, id: string, reply: FastifyReply) => {
    deliverer.lookNow()
    const hook = await outgoing.find(room, id)
    return hook === undefined ? refuse(reply, { code: 'not_found' }) : { hook: await show(hook) }
  }

  app.patch(
    `${base}/outgoing/:hook`,
    {
      config: { audit: 'hook_changed' },
      schema: {
        tags,
        summary: 'Pause or resume a webhook',
        params: words.HookParams,
        body: words.PausedBody,
        response: { 200: words.OutgoingAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, hook } = request.params
      const owner = requireSession(request).user.id
      await (request.body.paused ? outgoing.pause(room, hook) : outgoing.resume({ room, id: hook, owner }))
      return answerHook(room, hook, reply)
    },
  )

  app.post(
    `${base}/outgoing/:hook/replay`,
    {
      config: { audit: 'hook_changed' },
      schema: {
        tags,
        summary: 'Deliver everything again from a number',
        params: words.HookParams,
        body: words.ReplayBody,
        response: { 200: words.OutgoingAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { room, hook } = request.params
      const { from } = request.body
      if (from > log.head(room) + 1)
        return refuse(reply, { code: 'bad_request', detail: 'that number is not yet' })
      await outgoing.replay({ room, id: hook, owner: requireSession(request).user.id }, from)
      return answerHook(room, hook, reply)
    },
  )
}
