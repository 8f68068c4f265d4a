// The HTTP routes that read a room: pages, changes, and mentions.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../../account/identify.ts'
import { granted, isRefusal, refuse } from '../../answer.ts'
import type { Memberships } from '../../membership/memberships.ts'
import { requireRoom } from '../../membership/require-room.ts'
import { pageCursor } from '../../page-cursor.ts'
import {
  ChangesAnswer,
  ChangesQuery,
  MentionsAnswer,
  MentionsQuery,
  PageAnswer,
  PageQuery,
  RoomParams,
  refusals,
} from '../../protocol/http.ts'
import { limits } from '../../protocol/limits.ts'
import { mayReadRevisions } from '../../protocol/rights.ts'
import type { History } from '../history.ts'
import type { Moments } from '../moments.ts'
import type { Pins } from '../pins.ts'
import type { Revisions } from '../revisions.ts'
import type { MentionPlace } from '../sql/mentions.ts'
import { momentRoutes } from './moment-routes.ts'
import { pinRoutes } from './pin-routes.ts'
import { revisionRoute } from './revision-route.ts'

export interface MessageRoutes {
  history: History
  moments: Moments
  revisions: Revisions
  pins: Pins
  memberships: Memberships
}

const tags = ['messages']

const cursor = pageCursor<MentionPlace>({ at: Number, room: String, seq: Number })

/** For a scope that `identify` has prepared. */
export const messageRoutes: FastifyPluginAsyncTypebox<MessageRoutes> = async (
  app,
  { history, moments, revisions, pins, memberships },
) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/rooms/:room/messages',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'A page of messages, oldest first',
        params: RoomParams,
        querystring: PageQuery,
        response: { 200: PageAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      const { user } = requireSession(request)
      const seen = await requireRoom(memberships, request)
      const { before, after, around, asOf } = request.query
      if ([before, after, around].filter((place) => place !== undefined).length > 1)
        return refuse(reply, { code: 'bad_request', detail: 'only one of before, after and around' })
      const hidesRevisions =
        asOf !== undefined && !mayReadRevisions(seen.revisions, { ...seen, admin: user.admin })
      return granted(await history.page(room, { ...request.query, hidesRevisions }, request.signal))
    },
  )

  app.get(
    '/api/rooms/:room/changes',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'Messages created or changed after a number, however old',
        params: RoomParams,
        querystring: ChangesQuery,
        response: { 200: ChangesAnswer, ...refusals },
      },
    },
    async (request) => {
      const { room } = request.params
      await requireRoom(memberships, request)
      return granted(await history.changes(room, request.query, request.signal))
    },
  )

  app.get(
    '/api/mentions',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'Messages that mention you, newest first',
        querystring: MentionsQuery,
        response: { 200: MentionsAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { limit = limits.page.default } = request.query
      const before = cursor.read(request.query.before)
      const userId = requireSession(request).user.id
      const joined = await memberships.roomsOf(userId)
      const rooms = joined.map(({ id, settings }) => ({ id, read: settings.read.seq }))
      const page = await history.named({ userId, rooms, before, limit })
      if (isRefusal(page)) return refuse(reply, page)
      const { mentions, next } = page
      return { mentions, next: next === undefined ? null : cursor.write(next) }
    },
  )

  await app.register(pinRoutes, { pins, memberships })
  await app.register(revisionRoute, { revisions, memberships })
  await app.register(momentRoutes, { moments, memberships })
}
