// A Brook on a Redis Cluster of six nodes: two servers, a sync and several shards, while primaries are killed, stand still and
// give up slots. What fails pauses its own rooms, and nobody else's.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { keysOf } from '../../server/log/keys.ts'
import { shardOf } from '../../server/log/shard.ts'
import { shardTag, slotOf } from '../../server/redis/slots.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { RedisCluster } from '../support/redis-cluster.ts'
import { privateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'
import { historyOf, Talk } from './talk.ts'

const shards = 6
/** On a machine that has time; and on one that has none, after the cluster has another primary. For all others it is nothing. */
const [backWithinMs, followsWithinMs, calmWithinMs] = [8_000, 3_000, 2_500]

let cluster: RedisCluster
let brook: Brook
let sync: { close(): Promise<void> } | undefined
/** A shard whose primary dies, and one of another primary; the lobby is in neither. */
let failing: number
let calm: number
beforeAll(async () => {
  const [started, stores] = await Promise.all([RedisCluster.start(), privateStores()])
  cluster = started
  stores.redis = cluster.address
  stores.given = { ...stores.given, redis: cluster.address }
  brook = await Brook.start({ logShards: shards }, Promise.resolve(stores))
  await brook.serve()
  sync = await runSync(brook.config, { say: () => undefined })
  const [lobby] = await (await brook.arrive('Scout')).rooms()
  const ports = await Promise.all(
    Array.from({ length: shards }, async (_, shard) => (await cluster.primaryOf(shardTag(shard))).port),
  )
  const lobbyAt = ports[shardOf(lobby?.id ?? '', shards)]
  failing = ports.findIndex((port) => port !== lobbyAt)
  calm = ports.findIndex((port) => port !== ports[failing])
  // The lobby's entries are in a third primary, or in that of the calm one.
  expect(new Set(ports).size).toBe(3)
})
afterAll(async () => {
  await sync?.close()
  await brook.stop()
  await cluster.stop()
})

async function makesIn(person: Person, shard: number, name: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const { id } = await person.makes(`${name} ${n}`)
    if (shardOf(id, shards) === shard) return id
  }
}

interface Scene {
  struck: Talk
  spared: Talk
  /** Hears both rooms on the other server. */
  ear: Person
  ends: () => Promise<void>
}

/** Somebody talks in a room of either shard, on either server. */
async function talkIn(what: string): Promise<Scene> {
  // Made by somebody else, who is in the rooms that were made on the way.
  const maker = await brook.arrive(`Maker of ${what}`)
  const rooms = [await makesIn(maker, failing, `${what} f`), await makesIn(maker, calm, `${what} c`)]
  const [one, other, ear] = await Promise.all([
    brook.enter(`One in ${what}`, 0),
    brook.enter(`Other in ${what}`, 1),
    brook.enter(`Ear of ${what}`, 1),
  ])
  const [struckRoom = '', sparedRoom = ''] = rooms
  await one.joins(struckRoom)
  await other.joins(sparedRoom)
  for (const room of rooms) await ear.joins(room)
  await until(() => ear.heard.filter(({ type }) => type === 'room').length === 2)
  await until(() => [one, other].every(({ heard }) => heard.some(({ type }) => type === 'room')))
  const [struck, spared] = [new Talk(one, struckRoom), new Talk(other, sparedRoom)]
  await Promise.all([struck.goesOn(), spared.goesOn()])
  const ends = async (): Promise<void> => {
    for (const talk of [struck, spared]) {
      const said = await talk.ends()
      // Once, in order, and all of it: in history, and live on the other server.
      expect(await historyOf(ear, talk.room)).toEqual(said)
      await until(() => ear.messages(talk.room).length === said.length)
      expect(ear.messages(talk.room).map(({ text }) => text)).toEqual(said)
    }
    // Whoever has no room there was neither moved nor refused anything.
    expect(spared.moves).toBe(0)
    expect(spared.refusals).toEqual([])
  }
  return { struck, spared, ear, ends }
}

const tells = (line: string): void => console.log(line)

/** Does something to the primary of the failing shard while both talk, and measures. */
async function during(what: string, fault: () => Promise<void> | void): Promise<Scene> {
  const scene = await talkIn(what)
  const before = await cluster.primaryOf(shardTag(failing))
  const began = performance.now()
  await fault()
  const hasMoved = async (): Promise<boolean> =>
    (await cluster.primaryOf(shardTag(failing))).port !== before.port
  const moved = until(hasMoved).then(() => Math.round(performance.now() - began))
  await scene.struck.goesOn()
  const [back, calmPause] = [scene.struck.longestPause(began), scene.spared.longestPause(began)]
  const movedMs = await moved
  tells(
    `cluster, ${what}: another primary after ${movedMs} ms, its rooms back after ${back} ms; ` +
      `the longest pause elsewhere ${calmPause} ms`,
  )
  expect(back).toBeLessThan(Math.max(backWithinMs, movedMs + followsWithinMs))
  expect(calmPause).toBeLessThan(calmWithinMs)
  return scene
}

test('a primary that is killed pauses its own rooms, and nobody else', async () => {
  const primary = await cluster.primaryOf(shardTag(failing))
  const scene = await during('killed', () => primary.process.kill())
  await primary.process.start()
  await cluster.isWhole()
  await scene.ends()
})

test('a primary that stands still is left, and what it thinks when it wakes misleads nobody', async () => {
  const primary = await cluster.primaryOf(shardTag(failing))
  const scene = await during('frozen', () => primary.process.pause())
  primary.process.resume()
  await cluster.isWhole()
  await scene.struck.goesOn()
  await scene.ends()
})

test('a slot moves to another primary while people talk in it', async () => {
  const to = await cluster.primaryOf(shardTag(calm))
  const scene = await during('slot moved', () => cluster.moves(slotOf(shardTag(failing)), to))
  expect((await cluster.primaryOf(shardTag(failing))).port).toBe(to.port)
  await scene.ends()
})

test('a cluster that starts anew as a whole has everything', async () => {
  const scene = await talkIn('all anew')
  for (const node of cluster.nodes) await node.process.kill('SIGTERM')
  for (const node of cluster.nodes) await node.process.start()
  const began = performance.now()
  await scene.struck.goesOn()
  await scene.spared.goesOn()
  tells(
    `cluster, all started anew: back ${Math.round(performance.now() - began)} ms after the last node answered`,
  )
  await cluster.isWhole()
  for (const talk of [scene.struck, scene.spared]) {
    const said = await talk.ends()
    await until(async () => (await historyOf(scene.ear, talk.room)).length >= said.length)
    expect(await historyOf(scene.ear, talk.room)).toEqual(said)
  }
})

test('what a killed primary had acknowledged alone is lost, found to be so, and healed', async () => {
  const ann = await brook.enter('Ann')
  const room = await makesIn(ann, failing, 'rolled back')
  const { seq } = await ann.acked(ann.says('everybody has it', { room }))
  const tag = shardTag(failing)
  const [primary, replica] = [await cluster.primaryOf(tag), await cluster.replicaOf(tag)]
  const { asker } = brook.connections.shard(failing)
  await brook.connections.ready(10_000)
  const epoch = await asker.get(keysOf(failing).epoch)
  await replica.process.kill()
  await ann.acked(ann.says('only the primary has it', { room }))
  await primary.process.kill()
  await replica.process.start()
  // An operator gives up what the primary had.
  await replica.admin.call('CLUSTER', 'FAILOVER', 'TAKEOVER')
  await ann.saysAtLast('after', 30_000)
  await until(async () => (await asker.get(keysOf(failing).epoch).catch(() => epoch)) !== epoch)
  const page = await ann.page('', room)
  const texts = page.messages.flatMap((one) => (one.kind === 'message' ? [one.text] : []))
  // Sync may have carried it to MySQL before.
  expect([
    ['everybody has it', 'after'],
    ['everybody has it', 'only the primary has it', 'after'],
  ]).toContainEqual(texts)
  expect(page.messages.at(-1)?.seq).toBeGreaterThan(seq)
  await primary.process.start()
  await cluster.isWhole()
})
