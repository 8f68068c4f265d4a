// The promises while Redis is cut off, killed, or loses answers: a message is one message, and no process exits.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openBus } from '../../server/bus.ts'
import { keysOf } from '../../server/log/keys.ts'
import { runServer } from '../../server/main.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { whenReady } from '../../server/redis/client.ts'
import { connectRedis, subscriberOptions, writerOptions } from '../../server/redis/connect.ts'
import { gather, judge } from '../fault/checker.ts'
import { Talkers } from '../fault/talkers.ts'
import { redisBetween } from '../fault/between.ts'
import type { Proxy } from '../fault/proxy.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'

let brook: Brook
let proxy: Proxy
let viaProxy: () => { url: string }

beforeAll(async () => {
  brook = await Brook.start()
  const between = await redisBetween(brook.stores)
  proxy = between.proxy
  viaProxy = between.at
})
afterEach(() => proxy.clear())
afterAll(async () => {
  await proxy.close()
  await brook.stop()
})

/** A server that reaches Redis through the proxy; its index for `enter`. */
async function serveViaProxy(): Promise<number> {
  return brook.servers.push(await runServer({ ...brook.config, redis: viaProxy() })) - 1
}

test('a subscriber that is cut off before its answer subscribes again, and no process exits', async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  const ear = connectRedis(viaProxy(), subscriberOptions)
  const mouth = connectRedis(brook.stores.redis, writerOptions(2_000))
  await whenReady(mouth, 10_000)
  const heard: string[] = []
  const bus = openBus(mouth, () => ear)
  bus.subscribe((signal) => signal.kind === 'signed-out' && heard.push(signal.session))
  const hears = (word: string): Promise<boolean> =>
    until(() => {
      bus.publish({ kind: 'signed-out', session: word })
      return heard.includes(word)
    })
  await hears('first')
  // The moment right after each reconnect is the one that matters.
  for (let i = 0; i < 20; i += 1) {
    const ready = new Promise((resolve) => ear.once('ready', resolve))
    proxy.cut()
    await ready
    proxy.cut()
  }
  await hears('second')
  for (const redis of [ear, mouth]) redis.disconnect()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

const streamTexts = async (): Promise<string[]> =>
  (await brook.redis.xrange(keysOf(0).log, '-', '+')).map(([, fields]) => fields.join(' '))
const timesInLog = async (cid: string): Promise<number> =>
  (await streamTexts()).filter((text) => text.includes(cid)).length

test('a message whose answer from Redis is lost is one message when it is sent again', async () => {
  const server = await serveViaProxy()
  const ann = await brook.enter('Ann', server)
  await ann.makes('reply lost')
  proxy.set({ swallowReplies: true })
  const cid = ann.says('said into silence')
  expect((await ann.refused(cid)).code).toBe('log_unknown')
  // Guard the set-up: the log has it, and nobody was told.
  expect(await timesInLog(cid)).toBe(1)
  proxy.clear()
  const { seq } = await until(async () => {
    ann.says('said into silence', { cid })
    return ann.heard.find((event) => event.type === 'ack' && event.cid === cid) as { seq: number } | undefined
  }).then((found) => found ?? { seq: 0 })
  expect(seq).toBe(2)
  expect(await timesInLog(cid)).toBe(1)
})

test('a message sent again after a restart of its server keeps its number', async () => {
  const server = await serveViaProxy()
  const bob = await brook.enter('Bob', server)
  const { id } = await bob.makes('restarted')
  const cid = bob.says('before the restart')
  const { seq } = await bob.acked(cid)
  await brook.servers.splice(server, 1)[0]?.close()
  bob.address = brook.servers[await serveViaProxy()]?.address ?? ''
  await bob.connects()
  bob.says('before the restart', { cid, room: id })
  expect((await bob.acked(cid)).seq).toBe(seq)
  expect(await timesInLog(cid)).toBe(1)
})

test('a message sent again after five hours keeps its number, or waits while MySQL is down', async () => {
  const cho = await brook.enter('Cho')
  const { id } = await cho.makes('five hours')
  const cid = newCid(Date.now() - 5 * 3_600_000)
  const { seq } = await cho.acked(cho.says('hours ago', { cid }))
  await brook.archive()
  // Redis has forgotten by now.
  for (const key of await brook.redis.keys('{brook:0}:cids:*')) await brook.redis.del(key)
  brook.stores.mariadbProcess.pause()
  cho.heard = []
  cho.says('hours ago', { cid })
  const code = (await cho.refused(cid)).code
  brook.stores.mariadbProcess.resume()
  expect(code).toBe('log_unavailable')
  cho.says('hours ago', { cid })
  expect((await cho.acked(cid)).seq).toBe(seq)
  await brook.archive()
  const rows = await brook.db.rows<{ text: string }>(
    'SELECT text FROM messages WHERE room_id = ? ORDER BY seq',
    [id],
  )
  expect(rows.map(({ text }) => text)).toEqual([null, 'hours ago'])
})

test('while Redis is killed again and again under load, every browser ends with the same, complete history', async () => {
  await brook.archive()
  const [near, far] = [await serveViaProxy(), await serveViaProxy()]
  const addresses = [near, far].map((number) => brook.servers[number]?.address ?? '')
  const talkers = await Talkers.gather(addresses, 6)
  const { redisProcess } = brook.stores
  for (let kills = 0; kills < 4; kills += 1) {
    await talkers.talks(40)
    await redisProcess.kill('SIGKILL')
    await talkers.talks(20)
    await redisProcess.start()
    await talkers.talks(20)
  }
  await talkers.isComplete(() =>
    brook.archive().then(
      () => true,
      () => false,
    ),
  )
  const { violations, unknown } = judge(talkers.histories, await gather(brook.db, brook.redis), {
    strangers: true,
  })
  talkers.leave()
  expect(violations).toEqual([])
  expect(unknown).toBe(0)
  expect(talkers.histories.counts.acknowledged).toBe(talkers.histories.said.size)
})
