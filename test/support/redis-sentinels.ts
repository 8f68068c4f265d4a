// One primary, two replicas and three Sentinels for one test file, in a private folder.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { ManyRedis } from '../../server/config-redis.ts'
import { RedisNode, secret } from './redis-node.ts'
import { until } from './until.ts'

const name = 'brook'

export class RedisSentinels {
  readonly nodes: readonly RedisNode[]
  readonly #sentinels: readonly RedisNode[]
  readonly #folder: string

  private constructor(folder: string, nodes: readonly RedisNode[], sentinels: readonly RedisNode[]) {
    this.#folder = folder
    this.nodes = nodes
    this.#sentinels = sentinels
  }

  static async start(): Promise<RedisSentinels> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
    const primary = await RedisNode.start(folder, [])
    const follows = [`replicaof ${primary.host} ${primary.port}`]
    const replicas = await Promise.all([RedisNode.start(folder, follows), RedisNode.start(folder, follows)])
    await primary.hasReplicas(2)
    const settings = [
      `sentinel monitor ${name} ${primary.host} ${primary.port} 2`,
      `sentinel auth-pass ${name} ${secret}`,
      `sentinel sentinel-pass ${secret}`,
      `sentinel down-after-milliseconds ${name} 2000`,
      `sentinel failover-timeout ${name} 6000`,
    ]
    const sentinels = await Promise.all([...'abc'].map(() => RedisNode.startSentinel(folder, settings)))
    const all = new RedisSentinels(folder, [primary, ...replicas], sentinels)
    await all.isWhole()
    return all
  }

  get address(): ManyRedis {
    return {
      kind: 'sentinel',
      nodes: this.#sentinels.map(({ host, port }) => ({ host, port })),
      tls: false,
      username: 'brook',
      password: secret,
      name,
      sentinelPassword: secret,
    }
  }

  /** As the first Sentinel has it. */
  async primary(): Promise<RedisNode> {
    const [sentinel] = this.#sentinels
    const found = (await sentinel?.admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as [
      string,
      string,
    ]
    const node = this.nodes.find(({ port }) => port === Number(found[1]))
    if (node === undefined) throw new Error('no primary')
    return node
  }

  /** Every Sentinel knows the others and both replicas, which have all. */
  async isWhole(): Promise<void> {
    for (const sentinel of this.#sentinels) {
      await until(async () => {
        const said = await sentinel.admin.call('SENTINEL', 'CKQUORUM', name).catch(String)
        const replicas = (await sentinel.admin.call('SENTINEL', 'REPLICAS', name)) as string[][]
        const flags = replicas.map((facts) => facts[facts.indexOf('flags') + 1])
        return String(said).includes('3 usable') && flags.filter((flag) => flag === 'slave').length === 2
      })
    }
    await (await this.primary()).hasReplicas(2)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sentinels, ...this.nodes].map((node) => node.stop()))
    await rm(this.#folder, { recursive: true, force: true })
  }
}
