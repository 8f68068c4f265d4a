// The HTTP routes of backups for administrators; to everybody else they do not exist.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlyAdmin } from '../account/identify.ts'
import { refuse } from '../answer.ts'
import type { Db } from '../db.ts'
import { BackupsAnswer } from '../protocol/backups.ts'
import { refusals } from '../protocol/http.ts'
import { isRunning, readReports } from './records.ts'

export interface BackupRoutes {
  db: Db
  /** Where they go, as it is shown; undefined: BACKUP_TO is not set. */
  to: string | undefined
  nextAt: () => number | undefined
  /** Begins one, unless one is being made. */
  begin: () => Promise<boolean>
}

const tags = ['administration']

/** For a scope that `identify` has prepared. */
export const backupRoutes: FastifyPluginAsyncTypebox<BackupRoutes> = async (
  app,
  { db, to, nextAt, begin },
) => {
  app.addHook('preHandler', onlyAdmin)

  const answer = async (): Promise<BackupsAnswer> => {
    const running = await isRunning(db)
    return {
      at: Date.now(),
      to: to ?? null,
      nextAt: nextAt() ?? null,
      isRunning: running,
      backups: await readReports(db, running),
    }
  }

  app.get(
    '/api/admin/backups',
    {
      schema: {
        tags,
        summary: 'Where backups go, and what became of the last ones',
        response: { 200: BackupsAnswer, ...refusals },
      },
    },
    answer,
  )

  app.post(
    '/api/admin/backups',
    {
      config: { audit: 'backup_begun' },
      schema: {
        tags,
        summary: 'Make a backup now, unless one is being made',
        response: { 202: BackupsAnswer, ...refusals },
      },
    },
    async (_request, reply) => {
      if (to === undefined) return refuse(reply, { code: 'no_backups' })
      await begin()
      return reply.code(202).send(await answer())
    },
  )
}
