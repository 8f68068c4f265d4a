// Every connection of this process to Redis: made here, by what it is for, and ended here. In a cluster each goes to the node
// that has the slot of what it is for, and nowhere else; otherwise all go to one address.
import { openBus, type Bus } from '../bus.ts'
import { isMany, type RedisAddress } from '../config-redis.ts'
import type { Outages } from '../logging/outages.ts'
import { redisCache, type Cache } from './cache.ts'
import { whenReady, type Redis } from './client.ts'
import {
  archiverOptions,
  connectPlace,
  connectRedis,
  logReaderOptions,
  readerOptions,
  subscriberOptions,
  writerOptions,
  type RedisOptions,
} from './connect.ts'
import type { Place } from './node-connector.ts'
import { Nodes } from './nodes.ts'
import { commonPrefix, rpcTag, shardTag, slotOf } from './slots.ts'
import { nameOfNode } from './view.ts'

/** The Redis that has one shard of the log. */
export interface ShardRedis {
  /** Replicas that must have an entry before it is acknowledged; 0: none. */
  readonly replicas: number
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
export function nameOfRedis(address: RedisAddress): string {
  if (isMany(address))
    return `Redis ${address.kind === 'cluster' ? 'Cluster' : 'by the Sentinels'} at ${address.nodes.map(nameOfNode).join(', ')}`
  return `Redis at ${'url' in address ? new URL(address.url).host : address.path}`
}

/** What a connection is for, as its slot in a cluster says it. `name`: as in the log, of what is away with it. */
interface Purpose {
  place: Place
  name: string
}

const ofShard = (shard: number): Purpose => ({
  place: { slot: slotOf(shardTag(shard)) },
  name: `shard ${shard}`,
})
const ofRpc: Purpose = { place: { slot: slotOf(rpcTag) }, name: 'calls between processes' }
const ofCommon: Purpose = { place: { slot: slotOf(commonPrefix) }, name: 'the cache' }
/** Pub/sub is heard at every node, whichever it was told to. */
const ofSignals: Purpose = { place: 'any', name: 'signals between processes' }

export class RedisProvider {
  readonly #address: RedisAddress
  readonly #onError: (error: unknown, where: string) => void
  readonly #outages: Outages | undefined
  readonly #made: Redis[] = []
  readonly #shards = new Map<number, ShardRedis>()
  /** Undefined: it stands alone. */
  readonly #nodes: Nodes | undefined
  #shared: Redis | undefined
  #common: Redis | undefined
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
    this.#nodes = isMany(address) ? new Nodes(address) : undefined
  }

  shard(shard: number): ShardRedis {
    const known = this.#shards.get(shard)
    if (known !== undefined) return known
    const onError = (error: Error): void => this.#onError(error, 'redis')
    const connect = (options: RedisOptions): Redis => this.#connect(ofShard(shard), options, onError)
    let asker: Redis | undefined
    const made: ShardRedis = {
      replicas: this.#address.replicas ?? 0,
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
    writer: (timeoutMs) => this.#connect(ofRpc, writerOptions(timeoutMs)),
    reader: () => this.#connect(ofRpc, readerOptions),
    subscriber: () => this.#connect(ofSignals, subscriberOptions),
  }

  /** For what belongs to no shard, shared by all who ask: fails after 5 s. Each command touches one key, or keys of one `{tag}`. */
  get common(): Redis {
    if (!this.#isCluster) return this.shard(0).asker
    this.#common ??= this.#connect(ofCommon, { ...writerOptions(5_000), keyPrefix: commonPrefix })
    return this.#common
  }

  /** What is kept of MySQL. Shares one connection with what the bus publishes, where both are in one place. */
  get cache(): Cache {
    this.#cache ??= redisCache(
      this.#isCluster
        ? this.#connect(ofCommon, { ...writerOptions(2_000), keyPrefix: commonPrefix })
        : this.#sharedConnection,
    )
    return this.#cache
  }

  /** Passing signals between processes. Its subscription begins with the first subscriber. */
  get bus(): Bus {
    this.#bus ??= openBus(
      this.#sharedConnection,
      () => this.#connect(ofSignals, subscriberOptions),
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
    this.#nodes?.close()
  }

  get #isCluster(): boolean {
    return isMany(this.#address) && this.#address.kind === 'cluster'
  }

  get #sharedConnection(): Redis {
    this.#shared ??= this.#connect(ofSignals, writerOptions(2_000))
    return this.#shared
  }

  #connect({ place, name }: Purpose, options: RedisOptions, onError?: (error: Error) => void): Redis {
    const address = this.#address
    const redis =
      isMany(address) && this.#nodes !== undefined
        ? connectPlace({ address, nodes: this.#nodes, place }, options, onError)
        : connectRedis(address, options, onError)
    const what = this.#isCluster ? `${nameOfRedis(address)} (${name})` : nameOfRedis(address)
    redis.on('error', (error: Error) => this.#outages?.failed(what, error.message))
    redis.on('ready', () => this.#outages?.works(what))
    this.#made.push(redis)
    return redis
  }
}
