// Runs sync by the clock: node-cron in UTC, without overlap, and a liveness check, for a schedule that stops is silent.
import cron from 'node-cron'
import type { Bus } from '../../bus.ts'
import { openBus } from '../../bus.ts'
import type { Config, MysqlAddress, RedisAddress } from '../../config.ts'
import { Db } from '../../db.ts'
import { formatStreamId, type StreamId } from '../../log/entry.ts'
import { connectRedis, whenReady, writerOptions } from '../../redis.ts'
import { Rpc } from '../../rpc/rpc.ts'
import { runIndexer } from '../../search/run-indexer.ts'
import { archiveOf, leaseSeconds } from './checkpoint.ts'
import { SyncDesk } from './sync-calls.ts'
import { Sync } from './sync.ts'
import { openTroubles } from './troubles.ts'

export interface RunSyncOptions {
  /** One run until everything is archived, then back. */
  once?: boolean
  /** One line for a person. */
  say: (line: string) => void
}

/** Longer than a run over a full batch takes; above it the schedule is said to stand still. */
const silentMs = 60_000
const storesWithinMs = 30_000

/** Starts sync. `close` lets the current run finish and gives the lease back. */
export async function runSync(
  config: Config & { redis: RedisAddress; mysql: MysqlAddress },
  { once = false, say }: RunSyncOptions,
): Promise<{ close(): Promise<void> }> {
  // A sync that freezes inside its transaction would keep every other from the archive for as long as it sleeps.
  const db = new Db(config.mysql, 3 + config.logShards, { silentSeconds: leaseSeconds })
  const redis = connectRedis(config.redis, writerOptions(10_000))
  const publisher = connectRedis(config.redis, writerOptions(2_000))
  // By the clock, a store that is away is waited for by each run; a single run says so and ends.
  if (once) await whenReady(redis, storesWithinMs)
  const bus: Pick<Bus, 'publish'> = openBus(publisher)
  const rpc = new Rpc({ redis: config.redis, onTrouble: (error, where) => say(tell(error, where)) })
  const troubles = openTroubles(say)
  const progress = once ? showProgress(say) : undefined
  const indexer = runIndexer(db, (error, where) => say(tell(error, where)))
  const onCommit: ((shard: number, id: StreamId) => void)[] = []
  const syncs = Array.from(
    { length: config.logShards },
    (_, shard) =>
      new Sync({
        ...{ db, redis, shard, holder: rpc.name, archive: archiveOf(db, config.logShards) },
        onArchived: (of, id) => {
          if (!once) indexer.wake()
          for (const tell of onCommit) tell(of, id)
          bus.publish({ kind: 'archived', shard: of, id: formatStreamId(id) })
        },
        ...(progress === undefined ? {} : { onProgress: progress.show }),
        onTrouble: (error, where) => say(tell(error, where)),
      }),
  )

  const runAll = async (): Promise<boolean> => {
    const outcomes = await Promise.all(syncs.map((sync) => sync.run()))
    return outcomes.every((outcome) => outcome === 'archived')
  }
  const closeAll = async (): Promise<void> => {
    await indexer.close()
    await Promise.all(syncs.map((sync) => sync.close().catch(() => undefined)))
    await rpc.close()
    publisher.disconnect()
    redis.disconnect()
    await db.close()
  }

  if (once) {
    try {
      while (!(await runAll())) {
        say('sync: another sync holds the archive; waiting for it to end')
        await new Promise((resolve) => setTimeout(resolve, 1_000))
      }
      progress?.end(syncs)
      const indexed = await indexer.finish()
      if (indexed > 0) say(`sync: ${indexed} messages indexed for search`)
    } finally {
      await closeAll()
    }
    return { close: () => Promise.resolve() }
  }

  let lastEnd: number | undefined
  const began = Date.now()
  const next = oneAtATime(() =>
    runAll()
      .then(troubles.over, (error: unknown) => {
        troubles.tell(error)
        throw error
      })
      .finally(() => {
        lastEnd = Date.now()
      }),
  )
  const last = (): { at: number | null; trouble: string | null } => ({
    ...{ at: lastEnd ?? null, trouble: troubles.last() },
  })
  let running: Promise<unknown> = Promise.resolve()
  const run = (): Promise<unknown> => {
    const asked = next()
    running = asked.catch(() => undefined)
    return asked
  }
  const desk = new SyncDesk({ rpc, syncs, run, last })
  onCommit.push((shard, id) => desk.archived(shard, id))
  await desk.open()
  // What an earlier process left unindexed, or all there is after an upgrade.
  indexer.wake()
  const task = cron.schedule(config.syncCron, () => run().catch(() => undefined), {
    timezone: 'UTC',
    noOverlap: true,
    logger: silent,
  })
  const liveness = setInterval(() => {
    const silent = Date.now() - (lastEnd ?? began)
    if (silent > silentMs) say(`sync: no run has ended for ${Math.round(silent / 1_000)} s`)
  }, silentMs)
  return {
    close: async () => {
      clearInterval(liveness)
      await task.stop()
      await rpc.close()
      await running
      await closeAll()
    },
  }
}

/** node-cron would say each run that was not started because the last one goes on: with sync that is as it should be. */
const silent = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
}

const tell = (error: unknown, where: string): string => `sync: ${where}: ${(error as Error).message}`

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
