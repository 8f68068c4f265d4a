// The archive as administrators see it.
import type { Core } from '../../core.ts'
import type { Feature } from '../../feature.ts'
import type { Rpc } from '../../rpc/rpc.ts'
import { adminRoutes } from '../routes/admin-routes.ts'
import { readEpochs } from './epochs.ts'
import { ArchiveOverview } from './overview.ts'

export function archiveFeature({ db, redis, config, metrics }: Core, { rpc }: { rpc: Rpc }): Feature {
  const shards = config.logShards
  const overview = new ArchiveOverview({ db, redis, shards, rpc })
  let startedAnew: number | undefined
  metrics.before(async () => {
    const all = await Promise.all(Array.from({ length: shards }, (_, shard) => readEpochs(db, shard)))
    startedAnew = all.reduce((sum, epochs) => sum + (epochs?.count ?? 0), 0)
  })
  metrics.seen(
    'brook_log_started_anew',
    'Times that the log was started anew, because Redis or MySQL was wiped or rolled back',
    () => startedAnew,
  )
  return { routes: (app) => adminRoutes(app, { overview }) }
}
