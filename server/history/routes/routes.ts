// The HTTP routes of what was said: pages, changes, and a way to say something for bots and curl.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../../account/identify.ts'
import { isRefusal, refuse } from '../../answer.ts'
import { exportRoute } from '../../export/route.ts'
import type { Memberships } from '../../membership/memberships.ts'
import type { Pace } from '../../pace.ts'
import {
  ChangesAnswer,
  ChangesQuery,
  ErrorAnswer,
  MentionsAnswer,
  MentionsQuery,
  PageAnswer,
  PageQuery,
  RoomParams,
  SendAnswer,
  SendBody,
} from '../../protocol/http.ts'
import { limits } from '../../protocol/limits.ts'
import { personOf } from '../../protocol/people.ts'
import { mayReadRevisions } from '../../protocol/rights.ts'
import type { Changes } from '../../room/changes.ts'
import type { Rooms } from '../../room/rooms.ts'
import type { History } from '../history.ts'
import type { Moments } from '../moments.ts'
import type { Pins } from '../pins.ts'
import type { Revisions } from '../revisions.ts'
import { changeRoutes, refuseSpeech } from './change-routes.ts'
import { momentRoutes } from './moment-routes.ts'
import { pinRoutes } from './pin-routes.ts'
import { revisionRoute } from './revision-route.ts'

export interface MessageRoutes {
  history: History
  moments: Moments
  revisions: Revisions
  pins: Pins
  /** Hears how many messages an export has written. */
  exported: (messages: number) => void
  memberships: Memberships
  rooms: Rooms
  changes: Changes
  sends: Pace
  /** Of bots. */
  botSends: Pace
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const tags = ['messages']

/** Stands in a scope that `identify` has prepared. */
export const messageRoutes: FastifyPluginAsyncTypebox<MessageRoutes> = async (
  app,
  { history, moments, revisions, pins, exported, memberships, rooms, changes, sends, botSends },
) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/rooms/:room/messages',
    {
      schema: {
        ...{ tags, summary: 'A page of a room, oldest first' },
        ...{ params: RoomParams, querystring: PageQuery, response: { 200: PageAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      const { user } = requireSession(request)
      const seen = await memberships.find(user.id, room)
      if (seen === undefined) return refuse(reply, { code: 'not_found' })
      const { before, after, around, asOf } = request.query
      if ([before, after, around].filter((place) => place !== undefined).length > 1)
        return refuse(reply, { code: 'bad_request', detail: 'only one of before, after and around' })
      const hidesRevisions =
        asOf !== undefined && !mayReadRevisions(seen.revisions, { ...seen, admin: user.admin })
      const page = await history.page(room, { ...request.query, hidesRevisions }, request.signal)
      return isRefusal(page) ? refuse(reply, page) : page
    },
  )

  app.get(
    '/api/rooms/:room/changes',
    {
      schema: {
        ...{ tags, summary: 'Messages made or changed after a number, at any age of it' },
        ...{ params: RoomParams, querystring: ChangesQuery, response: { 200: ChangesAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      if ((await memberships.find(requireSession(request).user.id, room)) === undefined)
        return refuse(reply, { code: 'not_found' })
      const changes = await history.changes(room, request.query, request.signal)
      return isRefusal(changes) ? refuse(reply, changes) : changes
    },
  )

  app.get(
    '/api/mentions',
    {
      schema: {
        ...{ tags, summary: 'What names you, newest first' },
        ...{ querystring: MentionsQuery, response: { 200: MentionsAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { before = '', limit = limits.page.usual } = request.query
      const [at, room = '', seq] = before.split('-')
      const place = before === '' ? undefined : { at: Number(at), room, seq: Number(seq) }
      const userId = requireSession(request).user.id
      const rooms = await memberships.roomsOf(userId)
      const page = await history.named({ userId, rooms, before: place, limit })
      if (isRefusal(page)) return refuse(reply, page)
      const { mentions, next } = page
      return { mentions, next: next === undefined ? null : `${next.at}-${next.room}-${next.seq}` }
    },
  )

  app.post(
    '/api/rooms/:room/messages',
    {
      schema: {
        ...{ tags, summary: 'Say something; the same cid is never said twice' },
        ...{ params: RoomParams, body: SendBody, response: { 201: SendAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const { room } = request.params
      const refusal = await refuseSpeech({ memberships, sends, botSends }, user, room)
      if (refusal !== undefined) return refuse(reply, refusal)
      const said = await rooms.say(personOf(user), { room, ...request.body })
      return isRefusal(said) ? refuse(reply, said) : reply.code(201).send(said)
    },
  )

  await app.register(pinRoutes, { pins, memberships, changes, sends, botSends })
  await app.register(revisionRoute, { revisions, memberships })
  await app.register(momentRoutes, { moments, memberships })
  await app.register(exportRoute, { history, memberships, exported })
  await app.register(changeRoutes, { memberships, changes, sends, botSends })
}
