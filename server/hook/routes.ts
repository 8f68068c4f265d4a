// The HTTP routes of a room's webhooks, for its owner and administrators. Only words in and out.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { isRefusal, refuse } from '../answer.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import * as words from '../protocol/hooks.ts'
import { ErrorAnswer, RoomParams } from '../protocol/http.ts'
import { may } from '../protocol/rights.ts'
import type { IncomingHooks } from './incoming.ts'
import type { Outgoing, OutgoingHooks } from './outgoing.ts'

export interface HookRoutes {
  memberships: Pick<Memberships, 'find'>
  incoming: IncomingHooks
  outgoing: OutgoingHooks
  history: Pick<History, 'page'>
  headOf: (room: string) => number
  /** A hook was made or changed. */
  onChanged: () => void
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const nothing = Type.Null({ description: 'Done; there is nothing to say.' })
const tags = ['hooks']
const base = '/api/rooms/:room/hooks'

/** Stands in a scope that `identify` has prepared. */
export const hookRoutes: FastifyPluginAsyncTypebox<HookRoutes> = async (app, parts) => {
  const { memberships, incoming, outgoing, history, headOf, onChanged } = parts
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', async (request: FastifyRequest, reply: FastifyReply) => {
    const { user } = requireSession(request)
    const seen = await memberships.find(user.id, (request.params as { room: string }).room)
    if (seen === undefined) return refuse(reply, { code: 'not_found' })
    // An administrator looks after those of every room that they can see.
    const mayLook = user.admin || may('integrate', { ...seen, admin: user.admin })
    return mayLook ? undefined : refuse(reply, { code: 'not_allowed' })
  })

  /** A hook with how far behind it is. Its secret stays here. */
  const show = async (hook: Outgoing): Promise<words.OutgoingHook> => {
    const { secret: _secret, room, failingSince: _since, ...shown } = hook
    const behind = Math.max(0, headOf(room) - hook.cursor)
    const next = behind === 0 ? undefined : await history.page(room, { after: hook.cursor, limit: 1 })
    const since = next === undefined || isRefusal(next) ? null : (next.messages[0]?.at ?? null)
    return { ...shown, behind, behindSince: since }
  }
  const answerHook = async (room: string, id: string, reply: FastifyReply) => {
    onChanged()
    const hook = await outgoing.find(room, id)
    return hook === undefined ? refuse(reply, { code: 'not_found' }) : { hook: await show(hook) }
  }

  app.get(
    base,
    {
      schema: {
        ...{ tags, summary: 'The webhooks of a room, and how far each has delivered', params: RoomParams },
        response: { 200: words.HooksAnswer, ...refusals },
      },
    },
    async ({ params: { room } }) => ({
      incoming: await incoming.list(room),
      outgoing: await Promise.all((await outgoing.list(room)).map(show)),
      head: headOf(room),
    }),
  )

  app.post(
    `${base}/incoming`,
    {
      schema: {
        ...{
          tags,
          summary: 'An address at which a tool may speak; it is shown this once',
          params: RoomParams,
        },
        ...{ body: words.IncomingBody, response: { 201: words.OpenedAnswer, ...refusals } },
      },
    },
    async ({ params, body }, reply) => {
      const opened = await incoming.make(params.room, body.name)
      return isRefusal(opened) ? refuse(reply, opened) : reply.code(201).send(opened)
    },
  )

  app.patch(
    `${base}/incoming/:hook`,
    {
      schema: {
        ...{ tags, summary: 'Rename an incoming webhook', params: words.HookParams },
        ...{ body: words.IncomingBody, response: { 200: words.IncomingAnswer, ...refusals } },
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
      schema: {
        ...{ tags, summary: 'A new address in the place of the old one', params: words.HookParams },
        response: { 200: words.OpenedAnswer, ...refusals },
      },
    },
    async ({ params: { room, hook } }, reply) => {
      const opened = await incoming.renew(room, hook)
      return isRefusal(opened) ? refuse(reply, opened) : opened
    },
  )

  app.delete(
    `${base}/incoming/:hook`,
    {
      schema: {
        ...{ tags, summary: 'Remove an incoming webhook; what it said stays', params: words.HookParams },
        response: { 204: nothing, ...refusals },
      },
    },
    async ({ params: { room, hook } }, reply) => {
      const refusal = await incoming.remove(room, hook)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )

  app.post(
    `${base}/outgoing`,
    {
      schema: {
        ...{ tags, summary: 'Tell a URL what is said from here on; its secret is shown this once' },
        ...{
          params: RoomParams,
          body: words.OutgoingBody,
          response: { 201: words.SignedAnswer, ...refusals },
        },
      },
    },
    async ({ params: { room }, body: { url, filter } }, reply) => {
      const made = await outgoing.make(room, url, filter ?? { kind: 'all' }, headOf(room))
      if (isRefusal(made)) return refuse(reply, made)
      onChanged()
      return reply.code(201).send({ hook: await show(made), secret: made.secret })
    },
  )

  app.patch(
    `${base}/outgoing/:hook`,
    {
      schema: {
        ...{ tags, summary: 'Pause a webhook, or let it go on at once', params: words.HookParams },
        ...{ body: words.PausedBody, response: { 200: words.OutgoingAnswer, ...refusals } },
      },
    },
    async ({ params: { room, hook }, body: { paused } }, reply) => {
      await (paused ? outgoing.pause(room, hook) : outgoing.resume(room, hook))
      return answerHook(room, hook, reply)
    },
  )

  app.post(
    `${base}/outgoing/:hook/replay`,
    {
      schema: {
        ...{ tags, summary: 'Deliver everything again from a number on', params: words.HookParams },
        ...{ body: words.ReplayBody, response: { 200: words.OutgoingAnswer, ...refusals } },
      },
    },
    async ({ params: { room, hook }, body: { from } }, reply) => {
      if (from > headOf(room) + 1)
        return refuse(reply, { code: 'bad_request', detail: 'that number is not yet' })
      await outgoing.replay(room, hook, from)
      return answerHook(room, hook, reply)
    },
  )

  app.delete(
    `${base}/outgoing/:hook`,
    {
      schema: {
        ...{ tags, summary: 'Remove an outgoing webhook', params: words.HookParams },
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
