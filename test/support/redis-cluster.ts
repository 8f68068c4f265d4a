// A Redis Cluster for one test file: six nodes, three primaries with a replica each, in a private folder.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { ManyRedis } from '../../server/config-redis.ts'
import { slotOf } from '../../server/redis/slots.ts'
import { freePort } from './free-port.ts'
import { RedisNode, secret } from './redis-node.ts'
import { until } from './until.ts'

const primaries = 3
const perPrimary = Math.ceil(16_384 / primaries)

export class RedisCluster {
  readonly nodes: readonly RedisNode[]
  readonly #folder: string

  private constructor(folder: string, nodes: readonly RedisNode[]) {
    this.#folder = folder
    this.nodes = nodes
  }

  /** Each slot has a primary, and each primary a replica that has all. */
  static async start(): Promise<RedisCluster> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
    const nodes = await Promise.all(
      Array.from({ length: 2 * primaries }, async () =>
        RedisNode.start(folder, [
          'cluster-enabled yes',
          `cluster-port ${await freePort()}`,
          'cluster-node-timeout 2000',
          'cluster-require-full-coverage no',
          'cluster-allow-replica-migration no',
        ]),
      ),
    )
    const cluster = new RedisCluster(folder, nodes)
    await cluster.#meet()
    await cluster.isWhole()
    return cluster
  }

  /** As Brook is told of it: two of its nodes, and the user with the documented rights. */
  get address(): ManyRedis {
    const some = this.nodes.slice(0, 2).map(({ host, port }) => ({ host, port }))
    return { kind: 'cluster', nodes: some, tls: false, username: 'brook', password: secret }
  }

  /** Who has the slot of this key, as most say. */
  async primaryOf(key: string): Promise<RedisNode> {
    const slot = slotOf(key)
    for (const node of this.nodes) {
      if ((await this.#alive(node)) === undefined) continue
      for (const [first, last, [, port]] of await slotsOf(node))
        if (first <= slot && slot <= last) return this.#at(port)
    }
    throw new Error(`nobody has ${key}`)
  }

  async replicaOf(key: string): Promise<RedisNode> {
    const primary = await this.primaryOf(key)
    for (const [, , [, port], replica] of await slotsOf(primary))
      if (port === primary.port && replica !== undefined) return this.#at(replica[1])
    throw new Error(`nobody follows ${primary.port}`)
  }

  /** Moves a slot, with what is in it, as redis-cli --cluster reshard does. */
  async moves(slot: number, to: RedisNode): Promise<void> {
    const from = await this.primaryOf(keyIn(slot))
    const [fromId, toId] = await Promise.all([from, to].map((node) => node.admin.call('CLUSTER', 'MYID')))
    await to.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(fromId))
    await from.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(toId))
    for (;;) {
      const keys = (await from.admin.call('CLUSTER', 'GETKEYSINSLOT', slot, 10)) as string[]
      if (keys.length === 0) break
      const words = ['', '0', '5000', 'AUTH', secret, 'KEYS', ...keys]
      await from.admin.call('MIGRATE', to.host, to.port, ...words)
    }
    for (const node of [to, from]) await node.admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(toId))
  }

  /** Everybody is there, and every primary has its replica. */
  async isWhole(): Promise<void> {
    for (const node of this.nodes) {
      await until(async () => String(await node.admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok'))
      if ((await node.says('role')) === 'slave') await node.isFollowing()
    }
    for (const node of this.nodes) if ((await node.says('role')) === 'master') await node.hasReplicas(1)
    await until(async () => {
      const failing = await Promise.all(this.nodes.map((node) => node.admin.call('CLUSTER', 'NODES')))
      return !failing.some((text) => String(text).includes('fail'))
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #meet(): Promise<void> {
    const [first] = this.nodes
    if (first === undefined) return
    for (const [index, node] of this.nodes.entries()) {
      await node.admin.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
      if (index < primaries) {
        const last = Math.min((index + 1) * perPrimary, 16_384) - 1
        await node.admin.call('CLUSTER', 'ADDSLOTSRANGE', index * perPrimary, last)
      }
      if (node !== first) {
        const bus = String(((await node.admin.config('GET', 'cluster-port')) as string[])[1])
        await first.admin.call('CLUSTER', 'MEET', node.host, node.port, bus)
      }
    }
    for (const [index, node] of this.nodes.entries()) {
      await until(
        async () =>
          String(await node.admin.call('CLUSTER', 'NODES'))
            .trim()
            .split('\n').length === 6,
      )
      const primary = this.nodes[index - primaries]
      if (primary === undefined) continue
      const id = String(await primary.admin.call('CLUSTER', 'MYID'))
      await until(
        async () => (await node.admin.call('CLUSTER', 'REPLICATE', id).catch(() => 'not yet')) === 'OK',
      )
    }
  }

  #at(port: number): RedisNode {
    const node = this.nodes.find((one) => one.port === port)
    if (node === undefined) throw new Error(`no node has the port ${port}`)
    return node
  }

  /** Undefined: it is gone, or stands still, or is cut off. */
  async #alive(node: RedisNode): Promise<string | undefined> {
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 300))
    const info = await Promise.race([node.admin.call('CLUSTER', 'INFO').catch(() => undefined), late])
    return info === undefined ? undefined : String(info)
  }
}

type Slots = [first: number, last: number, primary: [string, number], replica?: [string, number]][]

const slotsOf = async (node: RedisNode): Promise<Slots> =>
  (await node.admin.call('CLUSTER', 'SLOTS')) as Slots

/** A key of this slot. */
function keyIn(slot: number): string {
  for (let n = 0; ; n += 1) if (slotOf(String(n)) === slot) return String(n)
}
