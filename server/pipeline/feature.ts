// The pipeline seen live: this process samples itself for all others, and administrators see all of them together.
import { hostname } from 'node:os'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { HookApi } from '../hook/feature.ts'
import { ArchiveOverview } from '../history/sync/overview.ts'
import { periodOf } from '../history/sync/schedule.ts'
import type { Log } from '../log/log.ts'
import { newHolder } from '../log-reader/shard-readers.ts'
import type { Metrics } from '../metrics.ts'
import { pipelineLimits } from '../protocol/pipeline-limits.ts'
import { Repeated } from '../repeated.ts'
import type { Rpc } from '../rpc/rpc.ts'
import { Pipeline } from './pipeline.ts'
import { Publisher } from './publisher.ts'
import { pipelineRoutes } from './routes.ts'
import { Samples } from './samples.ts'
import { SharedFacts } from './shared-facts.ts'
import type { RedisTrouble } from './troubles.ts'

export function pipelineFeature(core: Core, { rpc, hooksBehind }: { rpc: Rpc } & HookApi): Feature {
  const { db, redis, log, metrics, config, place, onError } = core
  const samples = new Samples(redis.shard(0).asker)
  const overview = new ArchiveOverview({ db, redis, shards: config.logShards, rpc })
  const facts = new SharedFacts({ db, redis, shards: config.logShards, overview })
  const who = { name: newHolder(), kind: 'server', host: hostname(), pid: process.pid } as const
  const publisher = new Publisher({
    who: { ...who, worker: place?.worker ?? null, since: Date.now() },
    metrics,
    samples,
    besides: () => ({ isDeaf: log.isDeaf, isFull: log.pressure === 'refuse', hook: hooksBehind() ?? null }),
    onError: (error) => onError(error, 'telling how this process is'),
  })
  const pipeline = new Pipeline({
    db,
    samples,
    facts,
    syncPeriodMs: periodOf(config.syncCron),
    redisTrouble: redisTroubles(log),
    own: () => publisher.own,
  })
  const steps = new Repeated({
    everyMs: pipelineLimits.stepMs,
    run: () => pipeline.keepStep(),
    onError: (error) => onError(error, 'keeping how the pipeline was'),
  })
  countFollowers(metrics, facts)
  return {
    routes: (app) => pipelineRoutes(app, { pipeline }),
    close: async () => {
      await steps.close()
      await publisher.close()
    },
  }
}

/** As /readyz has it. */
function redisTroubles(log: Log): () => RedisTrouble | undefined {
  return () => {
    const { trouble, isReachable, worksSomewhere } = log
    const forMs = isReachable ? undefined : log.silentMs
    if (isReachable && trouble === undefined) return undefined
    const why = trouble ?? 'Redis does not answer'
    if (worksSomewhere) return { code: 'shard_away', why, forMs }
    return { code: isReachable ? 'redis_refuses' : 'redis_away', why, forMs }
  }
}

/** What Prometheus is told of those who follow the log; only when it asks. */
function countFollowers(metrics: Metrics, facts: SharedFacts): void {
  let seen: Awaited<ReturnType<SharedFacts['look']>> | undefined
  metrics.before(async () => {
    seen = await facts.look()
  })
  const inSeconds = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : ms / 1_000
  metrics.seen(
    'brook_notify_lag_seconds',
    'How long the oldest entry has waited of which was not decided who is told',
    () => inSeconds(seen?.notify?.lagMs),
  )
  metrics.seen('brook_notify_unheld_seconds', 'For how long no server has decided who is told', () =>
    inSeconds(seen?.notify?.unheldMs),
  )
  metrics.seen('brook_push_waiting', 'Push messages that are due', () => seen?.push?.waiting)
  metrics.seen('brook_push_lag_seconds', 'How long the first of them is due', () =>
    inSeconds(seen?.push?.lagMs),
  )
  metrics.seen('brook_mysql_up', '1 while MySQL takes what is written', () =>
    seen === undefined ? undefined : Number(seen.mysql.why === undefined),
  )
}
