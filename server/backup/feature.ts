// Backups by the clock, and what administrators see of them. Every server has the clock; one of them gets the turn.
import { randomUUID } from 'node:crypto'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { nextRun, onSchedule } from '../history/sync/schedule.ts'
import { BackupProcess } from './backup-process.ts'
import { newestGood, takeTurn } from './records.ts'
import { backupRoutes } from './routes.ts'

export function backupFeature({ db, config, logger, metrics, onError }: Core): Feature {
  const { backup } = config
  let making: BackupProcess | undefined
  let schedule: ReturnType<typeof onSchedule> | undefined

  /** False: one is being made. */
  async function begin(by: 'clock' | 'request'): Promise<boolean> {
    const holder = `backup:${process.pid}:${randomUUID()}`
    if (backup === undefined || making !== undefined || !(await takeTurn(db, holder, by))) return false
    const made = new BackupProcess({ config, holder })
    making = made
    void made.outcome.then(({ state, why }) => {
      making = undefined
      if (state === 'good') logger.info('backup: made, and restored to see whether it can be')
      else logger.error(`backup: ${state}${why === undefined ? '' : `: ${why}`}`)
    })
    return true
  }

  if (backup !== undefined) {
    let goodAt: number | undefined
    metrics.before(async () => {
      goodAt = await newestGood(db)
    })
    metrics.seen('brook_backup_age_seconds', 'Since the newest good backup by the clock began', () =>
      goodAt === undefined ? undefined : (Date.now() - goodAt) / 1_000,
    )
  }
  return {
    routes: (app) =>
      backupRoutes(app, {
        db,
        to: backup?.label,
        nextAt: () => (backup === undefined ? undefined : nextRun(backup.cron)),
        begin: () => begin('request'),
      }),
    open: async () => {
      if (backup === undefined || schedule !== undefined) return
      schedule = onSchedule(backup.cron, () =>
        begin('clock').catch((error: unknown) => onError(error, 'backup')),
      )
    },
    close: () => {
      schedule?.close()
      making?.end()
    },
  }
}
