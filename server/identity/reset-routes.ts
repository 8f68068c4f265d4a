// The HTTP routes of links that reset a password: made by administrators, opened by whoever has one.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { preHandlerAsyncHookHandler } from 'fastify'
import { onlyAdmin, requireSession } from '../account/identify.ts'
import { logAccountEvent } from '../account/account-log.ts'
import { granted, refuse } from '../answer.ts'
import { refusals } from '../protocol/http.ts'
import {
  ResetAnswer,
  ResetBody,
  ResetCodeBody,
  ResetLinkAnswer,
  ResetLinkBody,
  ResetLinkParams,
} from '../protocol/security.ts'
import { resetUrl, type ResetLinks } from './reset-links.ts'
import type { Resets } from './resets.ts'

export interface ResetRoutes {
  links: ResetLinks
  resets: Resets
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
  publicUrl: URL | undefined
}

const tags = ['security']

/** For a scope that `identify` has prepared. */
export const resetRoutes: FastifyPluginAsyncTypebox<ResetRoutes> = async (app, deps) => {
  await app.register(linkRoutes, deps)
  await app.register(openedRoutes, deps)
}

const linkRoutes: FastifyPluginAsyncTypebox<ResetRoutes> = async (app, { links, publicUrl }) => {
  app.addHook('preHandler', onlyAdmin)

  app.post(
    '/api/admin/people/:person/reset',
    {
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        tags,
        summary: 'Make a link that resets a password, once, within a day; not for administrators',
        params: ResetLinkParams,
        body: ResetLinkBody,
        response: { 201: ResetLinkAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { secondFactor = false } = request.body
      const options = { secondFactor, byCommand: false }
      const { person, reset, expiresAt } = granted(await links.make(request.params.person, options))
      const about = { person, ...(secondFactor ? { changed: { secondFactor } } : {}) }
      await logAccountEvent(request, requireSession(request).user, 'reset_made', about)
      const origin = publicUrl?.origin ?? `${request.protocol}://${request.host}`
      return reply.code(201).send({ url: resetUrl(origin, reset), expiresAt })
    },
  )
}

/** For everybody who has a link. */
const openedRoutes: FastifyPluginAsyncTypebox<ResetRoutes> = async (app, { links, resets, knocked }) => {
  app.addHook('preHandler', knocked)

  app.post(
    '/api/reset/person',
    {
      schema: {
        tags,
        security: [],
        summary: 'Whose password a link resets',
        body: ResetCodeBody,
        response: { 200: ResetAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const opened = await links.open(request.body.reset)
      return opened === undefined ? refuse(reply, { code: 'reset_over' }) : { name: opened.person.name }
    },
  )

  app.post(
    '/api/reset',
    {
      schema: {
        tags,
        security: [],
        summary: 'Set a new password by a link, once; all sessions of the person end',
        body: ResetBody,
        response: { 200: ResetAnswer, ...refusals },
      },
    },
    async (request) => {
      const { person } = granted(await resets.use(request.body.reset, request.body.password))
      await logAccountEvent(request, person, 'password_set')
      return { name: person.name }
    },
  )
}
