// The cluster under torture: private stores, and servers and syncs as separate processes, each behind its own proxies, so
// that a fault can hit one of them or all.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Db } from '../../server/db.ts'
import { keysOf } from '../../server/log/keys.ts'
import { compareIds } from '../../server/log/entry.ts'
import { lastId } from '../../server/log/epoch.ts'
import { whenReady, type Redis } from '../../server/redis/client.ts'
import { connectRedis, writerOptions } from '../../server/redis/connect.ts'
import { Clock, sweep } from '../support/clock.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import type { StoreProcess } from '../support/proc.ts'
import { BrookProcess } from './brook-process.ts'
import { mysqlBetween, mysqlUrl, redisBetween } from './between.ts'
import { Proxy } from './proxy.ts'

/** A process and the proxies around it. */
export interface Station {
  process: BrookProcess
  redis: Proxy
  mysql: Proxy
  clock: Clock
  /** The proxy for browsers; a sync has none. */
  web: Proxy | undefined
}

export type Store = 'redis' | 'mysql'

export interface ClusterOptions {
  servers: number
  syncs: number
  /** Logs and evidence go here; without it, a new one. */
  folder?: string
  onCrash?: (words: string) => void
  /** Clocks of processes and of Redis may be moved. */
  movesClocks?: boolean
  /** Additional settings of one process, by its name. */
  envOf?: (name: string) => Record<string, string>
}

export class Cluster {
  readonly stores: PrivateStores
  readonly servers: Station[] = []
  readonly syncs: Station[] = []
  readonly redisClock: Clock
  /** Bypasses the proxies, with all rights. */
  readonly db: Db
  readonly redis: Redis
  /** What the processes that ended by themselves said. */
  readonly crashes: string[] = []
  readonly folder: string
  readonly #options: ClusterOptions

  private constructor(folder: string, stores: PrivateStores, redisClock: Clock, options: ClusterOptions) {
    this.folder = folder
    this.stores = stores
    this.redisClock = redisClock
    this.#options = options
    this.db = new Db(stores.admin, 3)
    this.redis = connectRedis(stores.redis, writerOptions(20_000))
  }

  static async open(options: ClusterOptions): Promise<Cluster> {
    const folder = options.folder ?? (await mkdtemp(path.join(os.tmpdir(), 'brook-cluster-')))
    await mkdir(folder, { recursive: true })
    const redisClock = new Clock(path.join(folder, 'redis.clock'))
    const stores = await privateStores(options.movesClocks === true ? { redisEnv: redisClock.env } : {})
    const cluster = new Cluster(folder, stores, redisClock, options)
    await whenReady(cluster.redis, 10_000)
    for (let i = 0; i < options.servers; i += 1) cluster.servers.push(await cluster.#station('server', i))
    for (let i = 0; i < options.syncs; i += 1) cluster.syncs.push(await cluster.#station('sync', i))
    for (const station of cluster.stations) await cluster.start(station)
    return cluster
  }

  get stations(): Station[] {
    return [...this.servers, ...this.syncs]
  }

  /** The addresses for browsers: the proxies in front of the servers. */
  get addresses(): string[] {
    return this.servers.map(({ web }) => `http://127.0.0.1:${web?.port}`)
  }

  /** Starts a stopped process; a server's web proxy leads to it once it is open. `env`: settings for this time. */
  async start(station: Station, env?: Record<string, string>): Promise<void> {
    station.process.start(env)
    if (station.web === undefined) return
    await station.process.opens()
    const { port } = new URL(station.process.address)
    station.web.target = { port: Number(port) }
    station.web.set({})
  }

  /** True when everything in the log is in MySQL. */
  async isArchived(): Promise<boolean> {
    const { last, checkpoint, pending } = await this.archiveState()
    return compareIds(last, checkpoint) <= 0 && pending === 0
  }

  /** The newest entry, how far the archive reaches, and what sync has read but not acknowledged. */
  async archiveState() {
    const [last, [row], [pending]] = await Promise.all([
      lastId(this.redis, keysOf(0)),
      this.db.rows<{ ms: number; n: number }>(
        'SELECT log_ms AS ms, log_n AS n FROM sync_checkpoints WHERE shard = 0',
      ),
      this.redis.xpending(keysOf(0).log, 'archive') as Promise<[number]>,
    ])
    if (last === undefined || row === undefined) throw new Error('there is no log yet')
    return { last, checkpoint: row, pending }
  }

  /** A copy of a store's disk, under this name. Made while the store is down, so that it is consistent. */
  async copyDisk(store: Store, name: string): Promise<void> {
    const to = this.copyAt(name)
    await rm(to, { recursive: true, force: true })
    await cp(this.#disk(store), to, { recursive: true })
  }

  /** While the store is down. */
  async restoreDisk(store: Store, name: string): Promise<void> {
    await rm(this.#disk(store), { recursive: true, force: true })
    await cp(this.copyAt(name), this.#disk(store), { recursive: true })
  }

  copyAt(name: string): string {
    return path.resolve(this.folder, name)
  }

  storeProcess(store: Store): StoreProcess {
    return store === 'redis' ? this.stores.redisProcess : this.stores.mariadbProcess
  }

  #disk(store: Store): string {
    return path.join(this.stores.folder, store === 'redis' ? 'redis/appendonlydir' : 'mariadb/data')
  }

  async close(): Promise<void> {
    for (const { process } of this.stations) await process.end('SIGKILL')
    for (const { redis, mysql, web } of this.stations)
      await Promise.all([redis.close(), mysql.close(), web?.close()])
    this.redis.disconnect()
    await this.db.close()
    await this.stores.stop()
    sweep()
  }

  async #station(verb: 'server' | 'sync', number: number): Promise<Station> {
    const [redis, mysql] = await Promise.all([redisBetween(this.stores), mysqlBetween(this.stores)])
    const name = `${verb}-${number}`
    const clock = new Clock(path.join(this.folder, `${name}.clock`))
    const process = new BrookProcess({
      name,
      verb,
      logFile: path.join(this.folder, `${name}.log`),
      onCrash: (words) => {
        this.crashes.push(words)
        this.#options.onCrash?.(words)
      },
      env: {
        HOST: '127.0.0.1',
        PORT: '0',
        PACING: 'off',
        LOG_LEVEL: 'warn',
        REDIS_URL: redis.at().url,
        MYSQL_URL: mysqlUrl(mysql.at),
        ...(this.#options.movesClocks === true ? clock.env : {}),
        ...this.#options.envOf?.(name),
      },
    })
    const web = verb === 'server' ? await Proxy.open({ port: 9 }) : undefined
    return { process, redis: redis.proxy, mysql: mysql.proxy, clock, web }
  }
}
