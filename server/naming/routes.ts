// The HTTP routes of names: one's own, and that of somebody whom an administrator renames.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Accounts } from '../account/accounts.ts'
import { onlyAdmin, onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted } from '../answer.ts'
import { confirmedUser } from '../identity/confirmed.ts'
import { AdminPersonParams } from '../protocol/admin-people.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { MeAnswer, MeBody, MeChanged, RenameAnswer, RenameBody } from '../protocol/naming.ts'
import { personOf, userOf } from '../protocol/people.ts'
import { rates } from '../protocol/rates.ts'
import { SharedRateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import type { Cache } from '../redis/cache.ts'
import { requireRate } from '../require-rate.ts'
import type { OwnFields } from './own-fields.ts'
import type { PresentNames } from './present-names.ts'
import type { Renames } from './renames.ts'

export interface NamingRoutes {
  renames: Renames
  names: PresentNames
  /** What else is one's own. */
  own: readonly OwnFields[]
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
  { renames, names, own, accounts, cache, rateLimits },
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
      const [formerNames, ...others] = await Promise.all([
        renames.formerOf(user.id),
        ...own.map((fields) => fields.read(user.id)),
      ])
      // Each field is some feature's; its schema says which there are.
      const parts = Object.assign({}, ...others) as Omit<MeAnswer, 'user' | 'formerNames' | 'note'>
      return { user: userOf(user), formerNames, ...parts, ...(note === undefined ? {} : { note }) }
    },
  )

  app.patch(
    '/api/me',
    {
      schema: {
        tags,
        summary:
          'Change your profile or your name, which needs your password, if you have one; the name before leads to you for 30 days',
        body: MeBody,
        response: { 200: MeChanged, ...refusals },
      },
    },
    async (request) => {
      const { user } = requireSession(request)
      const changes = await Promise.all(own.map((fields) => fields.prepare(request, request.body)))
      const renamed = request.body.name === undefined ? {} : await rename(request, request.body.name)
      const changed = await Promise.all(changes.map((change) => change?.()))
      return Object.assign({ user: { ...userOf(user), ...renamed } }, ...changed) as MeChanged
    },
  )

  async function rename(request: FastifyRequest<{ Body: MeBody }>, name: string): Promise<{ name: string }> {
    const { user } = requireSession(request)
    if (!user.guest) await confirmedUser(request, request.body.password ?? '', accounts)
    await requireRate(pace, user.id)
    const renamed = await renames.rename({ by: personOf(user), address: request.ip }, user.id, name)
    // Names could be tried out; what cannot be a name at all tells nothing.
    if ('code' in renamed && (renamed.code === 'bad_name' || renamed.code === 'misleading_name'))
      await pace.giveBack(user.id)
    return granted(renamed)
  }

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
