// The HTTP routes of names: one's own, and that of somebody whom an administrator renames.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Accounts } from '../account/accounts.ts'
import { onlyAdmin, onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, Refused } from '../answer.ts'
import { confirmedUser } from '../identity/confirmed.ts'
import { AdminPersonParams } from '../protocol/admin-people.ts'
import { UserAnswer, nothing, refusals } from '../protocol/http.ts'
import { MeAnswer, MeBody, RenameAnswer, RenameBody } from '../protocol/naming.ts'
import { personOf, userOf } from '../protocol/people.ts'
import { rates } from '../protocol/rates.ts'
import { SharedRateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import type { Cache } from '../redis/cache.ts'
import type { PresentNames } from './present-names.ts'
import type { Renames } from './renames.ts'

export interface NamingRoutes {
  renames: Renames
  names: PresentNames
  accounts: Pick<Accounts, 'refusePassword'>
  cache: Cache
  rateLimits: RateLimiterOptions
}

/** For a scope that `identify` has prepared. */
export const namingRoutes: FastifyPluginAsyncTypebox<NamingRoutes> = async (app, deps) => {
  await app.register(ownRoutes, deps)
  await app.register(adminRoutes, deps)
}

const ownRoutes: FastifyPluginAsyncTypebox<NamingRoutes> = async (
  app,
  { renames, names, accounts, cache, rateLimits },
) => {
  const pace = new SharedRateLimiter('rename', rates.rename, cache, rateLimits)
  const tags = ['account']
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyPeople)

  app.get(
    '/api/me',
    {
      schema: {
        tags,
        summary: 'Your account, and the names that still lead to you',
        response: { 200: MeAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const note = names.noteFor(user.id)
      const formerNames = await renames.formerOf(user.id)
      return { user: userOf(user), formerNames, ...(note === undefined ? {} : { note }) }
    },
  )

  app.patch(
    '/api/me',
    {
      schema: {
        tags,
        summary:
          'Change your name; the one before leads to you for 30 days. Needs your password, if you have one',
        body: MeBody,
        response: { 200: UserAnswer, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const { name, password = '' } = request.body
      if (!user.guest) await confirmedUser(request, password, accounts)
      const waitMs = await pace.take(user.id)
      if (waitMs > 0) throw new Refused({ code: 'too_many', retryAfterMs: waitMs })
      const renaming = { by: personOf(user), address: request.ip }
      const renamed = await renames.rename(renaming, user.id, name)
      // Names could be tried out; what cannot be a name at all tells nothing.
      if ('code' in renamed && (renamed.code === 'bad_name' || renamed.code === 'misleading_name'))
        await pace.giveBack(user.id)
      return { user: { ...userOf(user), ...granted(renamed) } }
    },
  )

  app.delete(
    '/api/me/note',
    {
      schema: {
        tags,
        summary: 'You have read that an administrator has renamed you',
        response: { 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await renames.noteRead(requireSession(request).user.id)
      return reply.code(204).send(null)
    },
  )
}

const adminRoutes: FastifyPluginAsyncTypebox<NamingRoutes> = async (app, { renames }) => {
  app.addHook('preHandler', onlyAdmin)

  app.patch(
    '/api/admin/people/:user',
    {
      schema: {
        tags: ['administration'],
        summary: 'Rename somebody; they are told, with your note',
        params: AdminPersonParams,
        body: RenameBody,
        response: { 200: RenameAnswer, ...refusals },
      },
    },
    async (request) => {
      const { name, note } = request.body
      const renaming = { by: personOf(requireSession(request).user), address: request.ip }
      const told = note === undefined ? renaming : { ...renaming, note }
      return granted(await renames.rename(told, request.params.user, name))
    },
  )
}
