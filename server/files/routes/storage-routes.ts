// What files take and may take, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyAdmin } from '../../account/identify.ts'
import type { WorkspaceSettings } from '../../access/workspace.ts'
import type { Db } from '../../db.ts'
import { StorageAnswer, StorageChange } from '../../protocol/files.ts'
import { refusals } from '../../protocol/http.ts'
import { storageOverview } from '../storage/overview.ts'
import { changeStorageSettings } from '../storage/settings.ts'
import type { Space } from '../storage/space.ts'

export interface StorageRoutes {
  db: Db
  space: Space
  settings: Pick<WorkspaceSettings, 'begin'>
}

const tags = ['administration']

/** For a scope that `identify` has prepared. */
export const storageRoutes: FastifyPluginAsyncTypebox<StorageRoutes> = async (
  app,
  { db, space, settings },
) => {
  app.addHook('preHandler', onlyAdmin)

  app.get(
    '/api/admin/storage',
    {
      schema: {
        tags,
        summary: 'What files take: by kind and by person, what the disk has left, and what they may take',
        response: { 200: StorageAnswer, ...refusals },
      },
    },
    () => storageOverview(db, space),
  )

  app.patch(
    '/api/admin/storage',
    {
      config: { audit: 'storage_changed' },
      schema: {
        tags,
        summary: 'Change what files may take',
        body: StorageChange,
        response: { 200: StorageAnswer, ...refusals },
      },
    },
    async (request) => {
      await changeStorageSettings(db, (tx) => settings.begin(tx), request.body)
      return storageOverview(db, space)
    },
  )
}
