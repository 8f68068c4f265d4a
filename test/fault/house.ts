// Everything that is tortured: private stores, and servers and syncs as processes of their own, each behind proxies of its
// own, so that trouble can meet one of them or all.
import { cp, mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { Db } from '../../server/db.ts'
import { keysOf } from '../../server/log/keys.ts'
import { compareIds, parseStreamId } from '../../server/log/entry.ts'
import { lastId } from '../../server/log/epoch.ts'
import { connectRedis, whenReady, writerOptions, type Redis } from '../../server/redis.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { BrookProcess } from './brook-process.ts'
import { Proxy } from './proxy.ts'

/** A process and the ways to and from it. */
export interface Station {
  process: BrookProcess
  redis: Proxy
  mysql: Proxy
  /** The way browsers come; a sync has none. */
  web: Proxy | undefined
}

export interface HouseOptions {
  servers: number
  syncs: number
  /** Logs and evidence go here. */
  folder: string
  onCrash: (words: string) => void
  /** Settings of one process, by its name. */
  envOf?: (name: string) => Record<string, string>
}

export class House {
  readonly stores: PrivateStores
  readonly servers: Station[] = []
  readonly syncs: Station[] = []
  /** Past the proxies, with all rights. */
  readonly db: Db
  readonly redis: Redis
  readonly #options: HouseOptions

  private constructor(stores: PrivateStores, options: HouseOptions) {
    this.stores = stores
    this.#options = options
    this.db = new Db(stores.admin, 3)
    this.redis = connectRedis(stores.redis, writerOptions(20_000))
  }

  static async open(options: HouseOptions): Promise<House> {
    const house = new House(await privateStores(), options)
    await mkdir(options.folder, { recursive: true })
    await whenReady(house.redis, 10_000)
    for (let i = 0; i < options.servers; i += 1) house.servers.push(await house.#station('server', i))
    for (let i = 0; i < options.syncs; i += 1) house.syncs.push(await house.#station('sync', i))
    for (const station of house.stations) await house.start(station)
    return house
  }

  get stations(): Station[] {
    return [...this.servers, ...this.syncs]
  }

  /** Where browsers go: the proxies before the servers. */
  get addresses(): string[] {
    return this.servers.map(({ web }) => `http://127.0.0.1:${web?.port}`)
  }

  /** Starts a process that is not running; a server's door leads to it once it is open. */
  async start(station: Station): Promise<void> {
    station.process.start()
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

  /** The newest entry, how far the archive reaches, and what sync has read and not acknowledged. */
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

  /** How old the oldest entry is that is not in MySQL; 0 when all is. */
  async lagMs(): Promise<number> {
    const [row] = await this.db.rows<{ ms: number; n: number }>(
      'SELECT log_ms AS ms, log_n AS n FROM sync_checkpoints WHERE shard = 0',
    )
    const after = row === undefined ? '-' : `(${row.ms}-${row.n}`
    const [oldest] = await this.redis.xrange(keysOf(0).log, after, '+', 'COUNT', 1)
    return oldest === undefined ? 0 : Math.max(0, Date.now() - parseStreamId(oldest[0]).ms)
  }

  /** A copy of Redis's disk, to be restored later. Taken while Redis is down, so that it is whole. */
  async copyDisk(): Promise<void> {
    const to = path.join(this.#options.folder, 'older-disk')
    await rm(to, { recursive: true, force: true })
    await cp(this.#disk, to, { recursive: true })
  }

  async restoreDisk(): Promise<void> {
    await rm(this.#disk, { recursive: true, force: true })
    await cp(path.join(this.#options.folder, 'older-disk'), this.#disk, { recursive: true })
  }

  get #disk(): string {
    return path.join(this.stores.folder, 'redis/appendonlydir')
  }

  async close(): Promise<void> {
    for (const { process } of this.stations) await process.end('SIGKILL')
    for (const { redis, mysql, web } of this.stations)
      await Promise.all([redis.close(), mysql.close(), web?.close()])
    this.redis.disconnect()
    await this.db.close()
    await this.stores.stop()
  }

  async #station(verb: 'server' | 'sync', number: number): Promise<Station> {
    const { redis: r, mysql: m } = this.stores
    if (!('path' in r) || m.socketPath === undefined) throw new Error('private stores listen on sockets')
    const [redis, mysql] = await Promise.all([
      Proxy.open({ path: r.path }),
      Proxy.open({ path: m.socketPath }),
    ])
    const secret = (text: string): string => encodeURIComponent(text)
    const name = `${verb}-${number}`
    const process = new BrookProcess({
      ...{ name, verb },
      logFile: path.join(this.#options.folder, `${name}.log`),
      onCrash: this.#options.onCrash,
      env: {
        ...{ HOST: '127.0.0.1', PORT: '0', PACING: 'off', LOG_LEVEL: 'warn' },
        REDIS_URL: `redis://:${secret(r.password)}@127.0.0.1:${redis.port}`,
        MYSQL_URL: `mysql://${secret(m.user)}:${secret(m.password)}@127.0.0.1:${mysql.port}/${m.database}`,
        ...this.#options.envOf?.(name),
      },
    })
    const web = verb === 'server' ? await Proxy.open({ port: 9 }) : undefined
    return { process, redis, mysql, web }
  }
}
