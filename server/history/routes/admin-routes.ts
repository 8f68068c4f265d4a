// The HTTP routes of the archive for administrators; to everybody else these routes do not exist.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyAdmin } from '../../account/identify.ts'
import { granted } from '../../answer.ts'
import { refusals } from '../../protocol/http.ts'
import { SyncAnswer, SyncNowAnswer } from '../../protocol/sync.ts'
import { limits } from '../../protocol/limits.ts'
import type { ArchiveOverview } from '../sync/overview.ts'

export interface AdminRoutes {
  overview: ArchiveOverview
}

const tags = ['administration']

export const adminRoutes: FastifyPluginAsyncTypebox<AdminRoutes> = async (app, { overview }) => {
  app.addHook('preHandler', onlyAdmin)

  app.get(
    '/api/admin/sync',
    { schema: { tags, summary: 'The state of the archive', response: { 200: SyncAnswer, ...refusals } } },
    async () => overview.look(),
  )

  app.post(
    '/api/admin/sync/now',
    {
      schema: {
        tags,
        summary: 'Archive everything sent before this request',
        response: { 200: SyncNowAnswer, ...refusals },
      },
    },
    async () => {
      return granted(await overview.archiveNow(limits.archiveNowMs))
    },
  )
}
