// Every connection of this process to Redis: made here, by what it is for, and ended here. All go to one address today;
// `shard(n)` is the place where a shard gets an address of its own.
import { openBus, type Bus } from '../bus.ts'
import type { RedisAddress } from '../config.ts'
import type { Outages } from '../logging/outages.ts'
import { redisCache, type Cache } from './cache.ts'
import { whenReady, type Redis } from './client.ts'
import {
  archiverOptions,
  connectRedis,
  logReaderOptions,
  readerOptions,
  subscriberOptions,
  writerOptions,
  type RedisOptions,
} from './connect.ts'

/** The Redis that has one shard of the log. */
export interface ShardRedis {
  /** For questions, shared by all who ask: fails after 5 s. Never behind a blocking read, never beside a timed-out append. */
  readonly asker: Redis
  /**
   * A connection for one user alone, who may drop it when it owes an answer. A command fails after `timeoutMs`; without it
   * the user keeps the time limit.
   */
  writer(timeoutMs?: number): Redis
  /** A connection for one loop alone, which blocks up to 2 s. Its reads are for `entriesOf`. */
  reader(): Redis
  /** A writer for sync, which reads the log as well: its reads are for `entriesOf`. */
  archiver(timeoutMs: number): Redis
}

/** The Redis that carries calls between processes. Each call makes a connection for one user alone. */
export interface RpcRedis {
  writer(timeoutMs?: number): Redis
  reader(): Redis
  subscriber(): Redis
}

/** As in the log: without its password. */
export const nameOfRedis = (address: RedisAddress): string =>
  `Redis at ${'url' in address ? new URL(address.url).host : address.path}`

export class RedisProvider {
  readonly #address: RedisAddress
  readonly #onError: (error: unknown, where: string) => void
  readonly #outages: Outages | undefined
  readonly #made: Redis[] = []
  readonly #shards = new Map<number, ShardRedis>()
  #shared: Redis | undefined
  #cache: Cache | undefined
  #bus: Bus | undefined

  /**
   * `onError`: connection errors of the log, and of the bus. Those of the other connections fail their commands. `outages`
   * is told of those of all connections.
   */
  constructor(
    address: RedisAddress,
    onError: (error: unknown, where: string) => void = () => undefined,
    outages?: Outages,
  ) {
    this.#address = address
    this.#onError = onError
    this.#outages = outages
  }

  shard(shard: number): ShardRedis {
    const known = this.#shards.get(shard)
    if (known !== undefined) return known
    const onError = (error: Error): void => this.#onError(error, 'redis')
    const connect = (options: RedisOptions): Redis => this.#connect(options, onError)
    let asker: Redis | undefined
    const made: ShardRedis = {
      get asker() {
        asker ??= connect(writerOptions(5_000))
        return asker
      },
      writer: (timeoutMs) => connect(writerOptions(timeoutMs)),
      reader: () => connect(logReaderOptions),
      archiver: (timeoutMs) => connect(archiverOptions(timeoutMs)),
    }
    this.#shards.set(shard, made)
    return made
  }

  readonly rpc: RpcRedis = {
    writer: (timeoutMs) => this.#connect(writerOptions(timeoutMs)),
    reader: () => this.#connect(readerOptions),
    subscriber: () => this.#connect(subscriberOptions),
  }

  /** What is kept of MySQL. Shares one connection with what the bus publishes. */
  get cache(): Cache {
    this.#cache ??= redisCache(this.#sharedConnection)
    return this.#cache
  }

  /** Passing signals between processes. Its subscription begins with the first subscriber. */
  get bus(): Bus {
    this.#bus ??= openBus(
      this.#sharedConnection,
      () => this.#connect(subscriberOptions),
      (error) => this.#onError(error, 'the bus'),
    )
    return this.#bus
  }

  /** Resolves when every connection made so far is ready. @throws what a connection last heard, after `withinMs` */
  async ready(withinMs: number): Promise<void> {
    await Promise.all(this.#made.map((redis) => whenReady(redis, withinMs)))
  }

  /** Ends every connection. Whoever asked for one of their own may have ended it before. */
  close(): void {
    for (const redis of this.#made) redis.disconnect()
  }

  get #sharedConnection(): Redis {
    this.#shared ??= this.#connect(writerOptions(2_000))
    return this.#shared
  }

  #connect(options: RedisOptions, onError?: (error: Error) => void): Redis {
    const redis = connectRedis(this.#address, options, onError)
    const what = nameOfRedis(this.#address)
    redis.on('error', (error: Error) => this.#outages?.failed(what, error.message))
    redis.on('ready', () => this.#outages?.works(what))
    this.#made.push(redis)
    return redis
  }
}
