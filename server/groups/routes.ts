// The HTTP routes of groups of people.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, refuse } from '../answer.ts'
import { GroupAnswer, GroupBody, GroupMemberParams, GroupParams, GroupsAnswer } from '../protocol/groups.ts'
import { MemberBody, nothing, refusals } from '../protocol/http.ts'
import type { Changing, Groups } from './groups.ts'

const tags = ['groups']
const changingOf = (request: FastifyRequest): Changing => ({
  by: requireSession(request).user,
  address: request.ip,
})

/** For a scope that `identify` has prepared. */
export const groupRoutes: FastifyPluginAsyncTypebox<{ groups: Groups }> = async (app, { groups }) => {
  app.addHook('preHandler', onlySignedIn)
  await app.register(groupMemberRoutes, { groups })

  app.get(
    '/api/groups',
    { schema: { tags, summary: 'All groups of people', response: { 200: GroupsAnswer, ...refusals } } },
    (request) => groups.list(requireSession(request).user),
  )

  app.post(
    '/api/groups',
    {
      schema: {
        tags,
        summary: 'Make a group, by whose name its people are mentioned',
        body: GroupBody,
        response: { 201: GroupAnswer, ...refusals },
      },
    },
    async (request, reply) =>
      reply.code(201).send({ group: granted(await groups.make(changingOf(request), request.body.name)) }),
  )

  app.get(
    '/api/groups/:group',
    {
      schema: {
        tags,
        summary: 'One group, with its people',
        params: GroupParams,
        response: { 200: GroupAnswer, ...refusals },
      },
    },
    async (request) => ({
      group: granted(await groups.one(requireSession(request).user, request.params.group)),
    }),
  )

  app.patch(
    '/api/groups/:group',
    {
      schema: {
        tags,
        summary: 'Rename a group',
        params: GroupParams,
        body: GroupBody,
        response: { 200: GroupAnswer, ...refusals },
      },
    },
    async (request) => ({
      group: granted(await groups.rename(changingOf(request), request.params.group, request.body.name)),
    }),
  )

  app.delete(
    '/api/groups/:group',
    {
      schema: {
        tags,
        summary: 'Delete a group; what was said to it stays said to those who were meant',
        params: GroupParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const refusal = await groups.delete(changingOf(request), request.params.group)
      return refusal === undefined ? reply.code(204).send(null) : refuse(reply, refusal)
    },
  )
}

/** Who is in a group. */
const groupMemberRoutes: FastifyPluginAsyncTypebox<{ groups: Groups }> = async (app, { groups }) => {
  app.post(
    '/api/groups/:group/members',
    {
      schema: {
        tags,
        summary: 'Add somebody to a group, by name',
        params: GroupParams,
        body: MemberBody,
        response: { 200: GroupAnswer, ...refusals },
      },
    },
    async (request) => ({
      group: granted(await groups.addNamed(changingOf(request), request.params.group, request.body.name)),
    }),
  )

  const schema = { tags, params: GroupMemberParams, response: { 200: GroupAnswer, ...refusals } }
  app.put(
    '/api/groups/:group/members/:user',
    { schema: { ...schema, summary: 'Add somebody to a group' } },
    async (request) => {
      const { group, user } = request.params
      return { group: granted(await groups.add(changingOf(request), group, user)) }
    },
  )

  app.delete(
    '/api/groups/:group/members/:user',
    { schema: { ...schema, summary: 'Take somebody out of a group, or yourself' } },
    async (request) => {
      const { group, user } = request.params
      return { group: granted(await groups.remove(changingOf(request), group, user)) }
    },
  )
}
