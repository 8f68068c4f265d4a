// A Brook on a primary that three Sentinels name, with two replicas, of which one must have a message before it is acknowledged.
// Primaries die and stand still; nothing that was acknowledged is lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { keysOf } from '../../server/log/keys.ts'
import type { Redis } from '../../server/redis/client.ts'
import { Brook } from '../support/brook.ts'
import { RedisSentinels } from '../support/redis-sentinels.ts'
import { privateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'
import { historyOf, Talk } from './talk.ts'

/** On a machine that has time; and on one that has none, after the Sentinels have named another. */
const [backWithinMs, followsWithinMs] = [8_000, 3_000]

let redis: RedisSentinels
let brook: Brook
let sync: { close(): Promise<void> } | undefined
/** The test's own connections to each shard. */
let askers: Redis[]
beforeAll(async () => {
  const [started, stores] = await Promise.all([RedisSentinels.start(), privateStores()])
  redis = started
  stores.redis = { ...redis.address, replicas: 1 }
  stores.given = { ...stores.given, redis: stores.redis }
  brook = await Brook.start({ logShards: 2 }, Promise.resolve(stores))
  await brook.serve()
  sync = await runSync(brook.config, { say: () => undefined })
  askers = [0, 1].map((shard) => brook.connections.shard(shard).asker)
  await brook.connections.ready(10_000)
})
afterAll(async () => {
  await sync?.close()
  await brook.stop()
  await redis.stop()
})

const epochs = (): Promise<(string | null)[]> =>
  Promise.all(askers.map((asker, shard) => asker.get(keysOf(shard).epoch)))

/** Three talk in each of two rooms on two servers while something happens to the primary; all of it is kept, once, in order. */
async function during(what: string, fault: () => Promise<void> | void, mend: () => Promise<void> | void) {
  const ear = await brook.enter(`Ear of ${what}`, 1)
  const before = await epochs()
  const talks = await Promise.all(
    [0, 1, 0, 1].map(async (server, index) => {
      const person = await brook.enter(`Speaker ${index} of ${what}`, server)
      const room = await person.makes(`${what} ${index}`)
      await ear.joins(room.id)
      await until(() => person.heard.some(({ type }) => type === 'notice'))
      return new Talk(person, room.id)
    }),
  )
  await Promise.all(talks.map((talk) => talk.goesOn()))
  const old = await redis.primary()
  const began = performance.now()
  await fault()
  const named = until(async () => (await redis.primary()).port !== old.port).then(
    () => performance.now() - began,
  )
  await Promise.all(talks.map((talk) => talk.goesOn()))
  const pauses = talks.map((talk) => talk.longestPause(began))
  const namedMs = Math.round(await named)
  console.log(
    `Sentinel, ${what}, REDIS_REPLICAS=1: another named after ${namedMs} ms, back after ${pauses.join(', ')} ms`,
  )
  await mend()
  await redis.isWhole()
  await Promise.all(talks.map((talk) => talk.goesOn()))
  for (const talk of talks) {
    const said = await talk.ends()
    expect(await historyOf(ear, talk.room)).toEqual(said)
    // The numbers that were acknowledged are the ones that they have.
    const page = await ear.page('limit=100', talk.room)
    for (const one of page.messages)
      if (one.kind === 'message') expect(talk.said.find(({ text }) => text === one.text)?.seq).toBe(one.seq)
  }
  expect(Math.max(...pauses)).toBeLessThan(Math.max(backWithinMs, namedMs + followsWithinMs))
  // Nothing was lost, so the log is the same.
  expect(await epochs()).toEqual(before)
}

test('a primary that is killed loses nothing that was acknowledged', async () => {
  const primary = await redis.primary()
  await during(
    'killed',
    () => primary.process.kill(),
    () => primary.process.start(),
  )
  expect((await redis.primary()).port).not.toBe(primary.port)
})

test('nor does one that stands still', async () => {
  const primary = await redis.primary()
  await during(
    'frozen',
    () => primary.process.pause(),
    () => primary.process.resume(),
  )
})

test('without a replica nothing is acknowledged, and the same is, once, when there is one', async () => {
  const ann = await brook.enter('Ann')
  const { id: room } = await ann.makes('without replicas')
  const primary = await redis.primary()
  const replicas = redis.nodes.filter(({ port }) => port !== primary.port)
  for (const replica of replicas) await replica.process.kill()
  const cid = ann.says('who has it?', { room })
  expect((await ann.refused(cid)).code).toBe('log_unknown')
  for (const replica of replicas) await replica.process.start()
  await redis.isWhole()
  ann.says('who has it?', { room, cid })
  const { seq } = await ann.acked(cid)
  const { messages } = await ann.page('', room)
  expect(messages.filter((one) => one.kind === 'message').map((one) => one.seq)).toEqual([seq])
})
