// Runs sync by its schedule, without overlap, with a liveness check, for a schedule that stops is silent.
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config, MysqlAddress, RedisAddress } from '../../config.ts'
import { Db, nameOfMysql } from '../../db.ts'
import { formatStreamId, type StreamId } from '../../log/entry.ts'
import { openReports, tellBy } from '../../logging/reports.ts'
import type { Say } from '../../logging/say.ts'
import { Metrics } from '../../metrics.ts'
import { nameOfRedis, RedisProvider } from '../../redis/provider.ts'
import { Rpc } from '../../rpc/rpc.ts'
import { Publisher } from '../../pipeline/publisher.ts'
import { Samples } from '../../pipeline/samples.ts'
import { runIndexer, type RunningIndexer } from '../../search/run-indexer.ts'
import { storeBuckets, watchStores } from '../../store-watch.ts'
import { archiveOf, leaseSeconds } from './checkpoint.ts'
import { onSchedule } from './schedule.ts'
import { SyncControl } from './sync-calls.ts'
import { Sync } from './sync.ts'
import { openSyncErrors } from './sync-errors.ts'

export interface RunSyncOptions {
  /** One run until everything is archived, then back. */
  once?: boolean
  say: Say
  /** Of this process. */
  metrics?: Metrics
}

/** Longer than a run over a full batch takes; above it the schedule is said to stand still. */
const silentMs = 60_000
const storesWithinMs = 30_000
/** A batch of large entries takes its time. */
const syncAnswersWithinMs = 10_000

/** Starts sync. `close` lets the current run finish and gives the lease back. */
export async function runSync(
  config: SyncConfig,
  { once = false, say, metrics = new Metrics() }: RunSyncOptions,
): Promise<{ close(): Promise<void> }> {
  const parts = await openParts(config, { once, say, metrics })
  countSync(metrics, parts)
  if (!once) return byTheClock(config, parts, say)
  try {
    await untilArchived(parts, say)
  } finally {
    await parts.close()
  }
  return { close: () => Promise.resolve() }
}

type SyncConfig = Config & { redis: RedisAddress; mysql: MysqlAddress }

interface SyncParts {
  rpc: Rpc
  syncs: readonly Sync[]
  indexer: RunningIndexer
  progress: ReturnType<typeof showProgress> | undefined
  /** Hear of each batch that MySQL has. */
  onCommit: ((shard: number, id: StreamId) => void)[]
  /** One run of every shard; true when all is archived. */
  run(): Promise<boolean>
  close(): Promise<void>
}

async function openParts(
  config: SyncConfig,
  { once, say, metrics }: Required<RunSyncOptions>,
): Promise<SyncParts> {
  // A sync that freezes inside its transaction would keep every other from the archive for as long as it sleeps.
  const { onError, outages } = openReports(tellBy(say, 'sync'))
  const names = { redis: nameOfRedis(config.redis), mysql: nameOfMysql(config.mysql) }
  const tell = (line: string): void => say(`sync: ${line}`, 'warn')
  const { onStatement } = watchStores({ metrics, part: 'sync', names, tell })
  const watched = { outages, onStatement, onMoved: tell }
  const db = new Db(config.mysql, 3 + config.logShards, { silentSeconds: leaseSeconds, ...watched })
  const redis = new RedisProvider(config.redis, onError, outages)
  const { bus } = redis
  // By the clock, a store that is away is waited for by each run; a single run says so and ends.
  if (once) await redis.ready(storesWithinMs)
  const rpc = new Rpc({ redis: redis.rpc, onError })
  const progress = once ? showProgress(say) : undefined
  const onOutdated = (blocks: number): void =>
    say(
      blocks > 0
        ? `sync: search has new rules; indexing ${blocks} blocks of messages again, in the background`
        : 'sync: search is indexed by its new rules',
    )
  const indexed = metrics.counter(
    'brook_search_indexed_total',
    'Messages that this process put into the search index',
  )
  const indexer = runIndexer(db, { onError, onOutdated, onIndexed: (messages) => indexed.inc(messages) })
  const onCommit: SyncParts['onCommit'] = []
  const onArchived = (shard: number, id: StreamId): void => {
    if (!once) indexer.wake()
    for (const tell of onCommit) tell(shard, id)
    bus.publish({ kind: 'archived', shard, id: formatStreamId(id) })
  }
  const syncs = Array.from(
    { length: config.logShards },
    (_, shard) =>
      new Sync({
        db,
        shard,
        holder: rpc.name,
        onArchived,
        onError,
        redis: redis.shard(shard).archiver(syncAnswersWithinMs),
        common: redis.common,
        archive: archiveOf(db, config.logShards, (line) => say(`sync: ${line}`, 'error')),
        ...(progress === undefined ? {} : { onProgress: progress.show }),
      }),
  )
  // A single run is over before anybody could look at it.
  const publisher = once ? undefined : publishSync({ name: rpc.name, metrics, redis, onError })
  const runSeconds = metrics.histogram('brook_sync_run_seconds', 'Runs of sync, over all its shards', {
    buckets: storeBuckets,
  })
  return {
    rpc,
    syncs,
    indexer,
    progress,
    onCommit,
    run: async () => {
      const end = runSeconds.startTimer()
      // A shard that fails at once ends no run of another: of one shard there are never two at a time.
      const runs = await Promise.allSettled(syncs.map((sync) => sync.run())).finally(end)
      for (const run of runs) if (run.status === 'rejected') throw run.reason
      return runs.every((run) => run.status === 'fulfilled' && run.value === 'archived')
    },
    close: async () => {
      await publisher?.close()
      await indexer.close()
      await Promise.all(syncs.map((sync) => sync.close().catch(() => undefined)))
      await rpc.close()
      redis.close()
      await db.close()
    },
  }
}

/** Tells Redis how this process is, under the name by which it is asked. */
function publishSync({
  name,
  metrics,
  redis,
  onError,
}: {
  name: string
  metrics: Metrics
  redis: RedisProvider
  onError: (error: unknown, where: string) => void
}): Publisher {
  return new Publisher({
    who: { name, kind: 'sync', host: hostname(), pid: process.pid, worker: null, since: Date.now() },
    metrics,
    samples: new Samples(redis.shard(0).asker),
    onError: (error) => onError(error, 'telling how this process is'),
  })
}

/** Of this process; what the servers report of sync is that of the one that holds the archive. */
function countSync(metrics: Metrics, { syncs }: SyncParts): void {
  for (const [name, help] of [
    ['rows', 'Rows that this process has written'],
    ['dead', 'Entries that this process has set aside'],
    ['failures', 'Runs of this process that a store ended early'],
  ] as const)
    metrics.total(`brook_sync_process_${name}_total`, help, () =>
      syncs.reduce((sum, { counts }) => sum + counts[name], 0),
    )
}

async function untilArchived({ run, syncs, indexer, progress }: SyncParts, say: Say): Promise<void> {
  while (!(await run())) {
    say('sync: another sync holds the archive; waiting for it to end')
    await pause(1_000)
  }
  progress?.end(syncs)
  const indexed = await indexer.finish()
  if (indexed > 0) say(`sync: ${indexed} messages indexed for search`)
}

async function byTheClock(
  { syncCron }: SyncConfig,
  parts: SyncParts,
  say: Say,
): Promise<{ close(): Promise<void> }> {
  const { rpc, syncs, indexer, onCommit } = parts
  const troubles = openSyncErrors(say)
  let lastEnd: number | undefined
  let endedAt = performance.now()
  const next = oneAtATime(() =>
    parts
      .run()
      .then(troubles.over, (error: unknown) => {
        troubles.tell(error)
        throw error
      })
      .finally(() => {
        lastEnd = Date.now()
        endedAt = performance.now()
      }),
  )
  const last = (): { at: number | null; trouble: string | null } => ({
    at: lastEnd ?? null,
    trouble: troubles.last(),
  })
  let running: Promise<unknown> = Promise.resolve()
  const run = (): Promise<unknown> => {
    const asked = next()
    running = asked.catch(() => undefined)
    return asked
  }
  const control = new SyncControl({ rpc, syncs, run, last })
  onCommit.push((shard, id) => control.archived(shard, id))
  await control.open()
  // What an earlier process left unindexed, or all there is after an upgrade.
  indexer.wake()
  const schedule = onSchedule(syncCron, run)
  const liveness = setInterval(() => {
    const silentFor = performance.now() - endedAt
    if (silentFor > silentMs) say(`sync: no run has ended for ${Math.round(silentFor / 1_000)} s`, 'error')
  }, silentMs)
  return {
    close: async () => {
      clearInterval(liveness)
      schedule.close()
      await rpc.close()
      await running
      await parts.close()
    },
  }
}

/** Never two runs at once: who asks while one goes on gets the next, which all who ask meanwhile share. */
function oneAtATime<T>(run: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined
  let next: Promise<T> | undefined
  const begin = (): Promise<T> => {
    const running = run().finally(() => {
      if (current === running) current = undefined
    })
    current = running
    return running
  }
  const ask = (): Promise<T> => {
    if (current === undefined) return begin()
    const again = (): Promise<T> => {
      next = undefined
      return ask()
    }
    next ??= current.then(again, again)
    return next
  }
  return ask
}

function showProgress(say: (line: string) => void): {
  show: (progress: { done: number; left: number | undefined }) => void
  end: (syncs: readonly Sync[]) => void
} {
  const began = Date.now()
  let said = began
  const rate = (done: number): number => Math.round((done * 1_000) / Math.max(1, Date.now() - began))
  return {
    show: ({ done, left }) => {
      if (Date.now() - said < 1_000) return
      said = Date.now()
      say(`sync: ${done} entries, ${rate(done)} a second, ${left ?? 'an unknown number'} left`)
    },
    end: (syncs) => {
      const sum = (name: 'rows' | 'dead'): number =>
        syncs.reduce((total, { counts }) => total + counts[name], 0)
      const seconds = ((Date.now() - began) / 1_000).toFixed(1)
      say(
        `sync: ${sum('rows')} rows written in ${seconds} s, ${sum('dead')} set aside; everything is archived`,
      )
    },
  }
}
