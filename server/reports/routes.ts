// The HTTP routes of reports: for whoever reports, for the moderators of a room, and for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyAdmin, onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, Refused, refuse } from '../answer.ts'
import type { Memberships } from '../membership/memberships.ts'
import { MessageParams, RoomParams, nothing, refusals } from '../protocol/http.ts'
import type { User } from '../protocol/people.ts'
import {
  CaseAnswer,
  CaseParams,
  CasesAnswer,
  CasesQuery,
  HandleBody,
  OpenCasesAnswer,
  OwnAnswersAnswer,
  ReportBody,
  WithdrawnAnswer,
} from '../protocol/reports.ts'
import { may } from '../protocol/rights.ts'
import type { Cases } from './cases.ts'
import type { Handling } from './handle.ts'
import type { HeldMessages } from './held.ts'
import type { Reports } from './report.ts'

export interface ReportRoutes {
  reports: Reports
  cases: Cases
  handling: Handling
  held: Pick<HeldMessages, 'withdraw'>
  memberships: Pick<Memberships, 'standing'>
}

const tags = ['moderation']

export const reportRoutes: FastifyPluginAsyncTypebox<ReportRoutes> = async (app, deps) => {
  await app.register(async (people) => {
    people.addHook('preHandler', onlySignedIn)
    people.addHook('preHandler', onlyPeople)
    await people.register(ownRoutes, deps)
    await people.register(queueRoutes, deps)
  })
  await app.register(adminRoutes, deps)
}

/** Reporting, and hearing what became of it; and taking back what a rule held. */
const ownRoutes: FastifyPluginAsyncTypebox<ReportRoutes> = async (app, { reports, held }) => {
  app.post(
    '/api/rooms/:room/messages/:seq/reports',
    {
      schema: {
        tags,
        summary: 'Report a message to its moderators; a second report by the same person changes nothing',
        params: MessageParams,
        body: ReportBody,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const refusal = await reports.report(user, request.params, request.body)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )

  app.get(
    '/api/reports/answers',
    {
      schema: {
        tags,
        summary: 'What became of your reports, until you put it away',
        response: { 200: OwnAnswersAnswer, ...refusals },
      },
    },
    async (request) => ({ answers: await reports.answers(requireSession(request).user) }),
  )

  app.delete(
    '/api/reports/answers/:case',
    {
      schema: {
        tags,
        summary: 'Put an answer away',
        params: CaseParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await reports.heard(requireSession(request).user, request.params.case)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/cases/:case/withdraw',
    {
      schema: {
        tags,
        summary: 'Take back a message of yours that waits for review',
        params: CaseParams,
        response: { 200: WithdrawnAnswer, ...refusals },
      },
    },
    async (request) => granted(await held.withdraw(requireSession(request).user, request.params.case)),
  )
}

/** The queue, for those who may handle something of it. */
const queueRoutes: FastifyPluginAsyncTypebox<ReportRoutes> = async (
  app,
  { cases, handling, memberships },
) => {
  app.get(
    '/api/reports/open',
    {
      schema: {
        tags,
        summary: 'How many reports wait that you may handle, by room',
        response: { 200: OpenCasesAnswer, ...refusals },
      },
    },
    (request) => cases.open(requireSession(request).user),
  )

  app.get(
    '/api/rooms/:room/reports',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'The reports of a room, for its moderators',
        params: RoomParams,
        querystring: CasesQuery,
        response: { 200: CasesAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const { room } = request.params
      await requireModerator(memberships, user, room)
      return cases.list(user, { ...request.query, room })
    },
  )

  app.post(
    '/api/cases/:case/handle',
    {
      schema: {
        tags,
        summary: 'Do something about a reported message and its author, or nothing, and close the report',
        params: CaseParams,
        body: HandleBody,
        response: { 200: CaseAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const id = request.params.case
      const refusal = await handling.handle({ user, address: request.ip }, id, request.body)
      if (refusal !== undefined) throw new Refused(refusal)
      const handled = await cases.show(user, id)
      if (handled === undefined) throw new Refused({ code: 'not_found' })
      return { case: handled }
    },
  )
}

const adminRoutes: FastifyPluginAsyncTypebox<ReportRoutes> = async (app, { cases }) => {
  app.addHook('preHandler', onlyAdmin)

  app.get(
    '/api/admin/reports',
    {
      config: { heavy: 'made' },
      schema: {
        tags,
        summary: 'The reports of all rooms',
        querystring: CasesQuery,
        response: { 200: CasesAnswer, ...refusals },
      },
    },
    (request) => cases.list(requireSession(request).user, request.query),
  )
}

/**
 * A private room that administrators are not in is not there for them either: they have the reports of all rooms.
 * @throws Refused for whoever is neither an administrator nor a moderator of the room
 */
async function requireModerator(
  memberships: Pick<Memberships, 'standing'>,
  user: User,
  room: string,
): Promise<void> {
  const standing = await memberships.standing(user.id, room)
  if (standing === undefined) throw new Refused({ code: 'not_found' })
  if (!user.admin && !may('deleteOthers', standing)) throw new Refused({ code: 'not_allowed' })
}
