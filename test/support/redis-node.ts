// One Redis, or one Sentinel, of several: on loopback, with a port and a folder of its own. It is killed, frozen and started again.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Redis } from 'ioredis'
import type { NodeAddress } from '../../server/config-redis.ts'
import { freePort } from './free-port.ts'
import { documentedRights } from './least-rights.ts'
import { StoreProcess } from './proc.ts'
import { storePrograms } from './stores.ts'
import { until } from './until.ts'

export const secret = 'node-secret'
const host = '127.0.0.1'

export class RedisNode implements NodeAddress {
  readonly host = host
  readonly port: number
  readonly process: StoreProcess
  /** As the user that may do everything. */
  readonly admin: Redis

  private constructor(port: number, process: StoreProcess) {
    this.port = port
    this.process = process
    this.admin = new Redis({ port, host, password: secret, lazyConnect: true, maxRetriesPerRequest: null })
    this.admin.on('error', () => undefined)
  }

  /** A Redis that keeps what it acknowledges, with the user `brook` of the documentation. `more`: settings besides. */
  static async start(folder: string, more: readonly string[]): Promise<RedisNode> {
    const port = await freePort()
    const { acl, many } = await documentedRights()
    const rights = acl.find((line) => line.startsWith('user brook '))?.replace('SECRET', secret)
    return RedisNode.#starts(path.join(folder, String(port)), port, 'redis', [
      ...['appendonly yes', 'appendfsync always', 'save ""', 'maxmemory-policy noeviction'],
      ...['repl-diskless-sync-delay 0', 'repl-timeout 10', `requirepass ${secret}`, `masterauth ${secret}`],
      `${rights} ${many}`,
      ...more,
    ])
  }

  static async startSentinel(folder: string, settings: readonly string[]): Promise<RedisNode> {
    const port = await freePort()
    return RedisNode.#starts(path.join(folder, String(port)), port, 'sentinel', [
      `requirepass ${secret}`,
      ...settings,
    ])
  }

  static async #starts(folder: string, port: number, kind: string, settings: string[]): Promise<RedisNode> {
    await mkdir(folder, { recursive: true })
    const conf = path.join(folder, 'redis.conf')
    const lines = [`port ${port}`, `bind ${host}`, `dir ${folder}`, ...settings]
    await writeFile(conf, lines.map((line) => `${line}\n`).join(''))
    const { redis } = await storePrograms()
    const process = new StoreProcess({
      name: kind,
      command: redis.server,
      args: [conf, ...(kind === 'sentinel' ? ['--sentinel'] : [])],
      env: redis.env,
      logFile: path.join(folder, 'log'),
      pidFile: path.join(folder, 'pid'),
      mark: conf,
      ask: () => pings(port),
    })
    await process.start()
    return new RedisNode(port, process)
  }

  /** A field of INFO replication. */
  async says(field: string): Promise<string | undefined> {
    const info = await this.admin.info('replication')
    return new RegExp(`^${field}:(.*?)\r?$`, 'm').exec(info)?.[1]
  }

  /** It has all that its primary has, and hears of what comes. */
  async isFollowing(): Promise<void> {
    await until(async () => (await this.says('master_link_status')) === 'up')
  }

  /** It has this many replicas that have all. */
  async hasReplicas(count: number): Promise<void> {
    const seen = async (): Promise<string> =>
      (await Promise.all([...'01234'].map((one) => this.says(`slave${one}`)))).join(' ')
    await until(seen, (text) => (text.match(/state=online/g) ?? []).length >= count, 30_000)
  }

  async stop(): Promise<void> {
    this.admin.disconnect()
    await this.process.stop()
  }
}

async function pings(port: number): Promise<void> {
  const redis = new Redis({
    port,
    host,
    password: secret,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  redis.on('error', () => undefined)
  try {
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}
