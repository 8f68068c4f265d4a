// What every feature is built on: the stores, the log, the counters and the settings of one process.
import type { Logger } from 'pino'
import type { Bus } from './bus.ts'
import type { Config, MysqlAddress, RedisAddress } from './config.ts'
import { Db, nameOfMysql } from './db.ts'
import { FairGate } from './channel/fair-gate.ts'
import { Slices } from './channel/slices.ts'
import type { HeavyWork } from './heavy-answers.ts'
import { archiveOf } from './history/sync/checkpoint.ts'
import { Log } from './log/log.ts'
import { openLogger } from './logging/logger.ts'
import type { Outages } from './logging/outages.ts'
import { openReports } from './logging/reports.ts'
import { Metrics, type Numbers } from './metrics.ts'
import { limits } from './protocol/limits.ts'
import type { RateLimiterOptions } from './rate-limiter.ts'
import type { Cache } from './redis/cache.ts'
import { nameOfRedis, RedisProvider } from './redis/provider.ts'
import { ServerKeys } from './server-keys.ts'
import { watchStores } from './store-watch.ts'

export type ServerConfig = Config & { redis: RedisAddress; mysql: MysqlAddress }

export interface Core {
  config: ServerConfig
  logger: Logger
  db: Db
  redis: RedisProvider
  cache: Cache
  bus: Bus
  log: Log
  keys: ServerKeys
  metrics: Metrics
  /** `isLeaving`: the server will stop in a moment; it serves until then. */
  state: { isLeaving: boolean }
  /** What takes long goes through here, so that nobody else waits for it. */
  heavy: HeavyWork
  /** Whether rate limits apply. */
  rateLimits: RateLimiterOptions
  /** A failure that will be retried, or that does not matter to the caller. */
  onError: (error: unknown, where: string) => void
  /** Tells when something that Brook needs is away, and when it is back. */
  outages: Outages
  /** Undefined: it has its port alone. */
  place: Pick<Place, 'worker'> | undefined
  /** Closes the log and the stores. */
  close(): Promise<void>
}

/** The process's place among others that share its port (server/workers). */
export interface Place {
  /** From 1; log lines carry it. */
  worker: number
  /** The metrics of all of them; empty if they cannot be collected. */
  gather: () => Promise<Numbers[]>
}

/** Connects without waiting; the log is not open yet. */
export function openCore(
  config: ServerConfig,
  place?: Place,
  metrics: Metrics = new Metrics(place?.gather),
): Core {
  const base = { process: 'server', ...(place === undefined ? {} : { worker: place.worker }) }
  const logger = openLogger({ level: config.logLevel, format: config.logFormat, base })
  const { onError, outages } = openReports((line, error) =>
    logger.warn(error === undefined ? {} : { err: error }, line),
  )
  metrics.gauge('brook_workers', 'Processes that serve this port and are open', () => 1)
  const names = { redis: nameOfRedis(config.redis), mysql: nameOfMysql(config.mysql) }
  const tell = (line: string): void => logger.warn(line)
  const { onAppend, onRedis, onStatement } = watchStores({ metrics, part: 'server', names, tell })
  const db = new Db(config.mysql, undefined, {
    outages,
    onStatement,
    onMoved: tell,
    onRefusing: (why) => logger.error(why),
  })
  const redis = new RedisProvider(config.redis, onError, outages)
  const { cache, bus } = redis
  const shards = config.logShards
  const log = new Log({
    redis,
    shards,
    archive: archiveOf(db, shards, (line) => logger.error(line)),
    onError,
    onAppend,
    onRedis,
  })
  return {
    config,
    logger,
    db,
    redis,
    cache,
    bus,
    log,
    onError,
    outages,
    place,
    state: { isLeaving: false },
    keys: new ServerKeys(db),
    metrics,
    heavy: { gate: new FairGate(limits.heavy), slices: new Slices(limits.heavy) },
    rateLimits: { lifted: !config.pacing },
    close: async () => {
      log.close()
      redis.close()
      await db.close()
    },
  }
}
