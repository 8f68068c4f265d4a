// What one node says of a cluster, or one Sentinel of its primary: who takes writes, and as of when.
import { Redis } from 'ioredis'
import type { ManyRedis, NodeAddress } from '../config-redis.ts'

/** Slots from `first` to `last`, and who has them. */
interface Range {
  first: number
  last: number
  primary: NodeAddress
  replicas: NodeAddress[]
}

export interface View {
  /** Rises with each fail-over and each slot that has moved: of two views, the higher one is right. */
  version: number
  ranges: readonly Range[]
}

/** Every slot: of a Redis that is no cluster. */
const all = { first: 0, last: 16_383 }

export const nameOfNode = ({ host, port }: NodeAddress): string => `${host}:${port}`

/** One node or Sentinel that is asked again and again: by a connection that lasts as long as it answers in time. */
export class Witness {
  readonly #address: ManyRedis
  readonly #at: NodeAddress
  readonly #withinMs: number
  #redis: Redis | undefined

  constructor(address: ManyRedis, at: NodeAddress, withinMs: number) {
    this.#address = address
    this.#at = at
    this.#withinMs = withinMs
  }

  /** @throws why it does not answer */
  async asks(): Promise<View> {
    const redis = (this.#redis ??= this.#connect())
    try {
      return this.#address.kind === 'cluster' ? await this.#ofCluster(redis) : await this.#ofSentinel(redis)
    } catch (error) {
      if (this.#redis === redis) this.close()
      throw error
    }
  }

  close(): void {
    this.#redis?.disconnect()
    this.#redis = undefined
  }

  async #ofCluster(redis: Redis): Promise<View> {
    const [info, slots] = await Promise.all([
      redis.call('CLUSTER', 'INFO'),
      redis.call('CLUSTER', 'SLOTS') as Promise<[number, number, ...[string | null, number][]][]>,
    ])
    // A node that does not know its own name says none.
    const node = ([host, port]: [string | null, number]): NodeAddress => ({
      host: host === null || host === '' || host === '?' ? this.#at.host : host,
      port: Number(port),
    })
    const version = Number(/cluster_current_epoch:(\d+)/.exec(String(info))?.[1] ?? 0)
    const ranges = slots.flatMap(([first, last, ...nodes]): Range[] => {
      const [primary, ...replicas] = nodes.map(node)
      return primary === undefined ? [] : [{ first, last, primary, replicas }]
    })
    return { version, ranges }
  }

  async #ofSentinel(redis: Redis): Promise<View> {
    const { name = '' } = this.#address
    const [master, primary, replicas] = await Promise.all([
      redis.call('SENTINEL', 'MASTER', name) as Promise<string[]>,
      redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name) as Promise<[string, string] | null>,
      redis.call('SENTINEL', 'REPLICAS', name) as Promise<string[][]>,
    ])
    const version = Number(master[master.indexOf('config-epoch') + 1])
    if (primary === null) throw new Error(`no Sentinel knows a primary called ${name}`)
    const [host, port] = primary
    return {
      version,
      ranges: [{ ...all, primary: { host, port: Number(port) }, replicas: replicas.map(replicaOf) }],
    }
  }

  #connect(): Redis {
    const { kind, tls, username, password, sentinelUsername, sentinelPassword } = this.#address
    const [user, word] = kind === 'cluster' ? [username, password] : [sentinelUsername, sentinelPassword]
    const redis = new Redis({
      ...this.#at,
      ...(user === undefined ? {} : { username: user }),
      ...(word === undefined ? {} : { password: word }),
      ...(tls ? { tls: {} } : {}),
      protocol: 2,
      enableReadyCheck: false,
      disableClientInfo: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      connectTimeout: this.#withinMs,
      commandTimeout: this.#withinMs,
    })
    redis.on('error', () => undefined)
    return redis
  }
}

function replicaOf(facts: readonly string[]): NodeAddress {
  const fact = (name: string): string => facts[facts.indexOf(name) + 1] ?? ''
  return { host: fact('ip'), port: Number(fact('port')) }
}
