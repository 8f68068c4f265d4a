// The promises while a store says nothing: its sockets stay open, and what it answers does not arrive. Every connection is
// given up and made anew, so that after the silence everything is back within seconds, without a restart.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openBus } from '../../server/bus.ts'
import { Db, isConnectionLost, type Queryable } from '../../server/db.ts'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { runServer } from '../../server/main.ts'
import { whenReady } from '../../server/redis/client.ts'
import { connectRedis, subscriberOptions, writerOptions } from '../../server/redis/connect.ts'
import { RedisProvider } from '../../server/redis/provider.ts'
import { Rpc } from '../../server/rpc/rpc.ts'
import { mysqlBetween, redisBetween } from '../fault/between.ts'
import type { Proxy } from '../fault/proxy.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
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
afterEach(async () => {
  proxy.clear()
  for (const person of brook.people.splice(0)) person.drops()
  // Only the connections of a test itself are counted.
  for (const server of brook.servers.splice(1)) await server.close()
})
afterAll(async () => {
  await proxy.close()
  await brook.stop()
})

/** What may pass between the end of a silence and the first that works again. */
const [sendsMs, wordsMs, archiveMs] = [5_000, 7_000, 10_000]

/** A server that reaches Redis through the proxy; its index for `enter`. */
const serveViaProxy = async (): Promise<number> =>
  brook.servers.push(await runServer({ ...brook.config, redis: viaProxy() })) - 1

/** The silence ends, and nothing is closed for it: the same sockets carry bytes again. */
const heal = (): void => proxy.set({})

/** Connections that were opened since the silence began have met it too. */
async function lasts(connections: number): Promise<void> {
  const before = proxy.connections
  await until(
    () => proxy.connections - before,
    (made) => made >= connections,
    30_000,
  )
}

const readiness = async (server: number): Promise<{ status: number; redis: string }> => {
  const answer = await fetch(`${brook.servers[server]?.address}/readyz`)
  return { status: answer.status, redis: ((await answer.json()) as { redis: string }).redis }
}

const hears = (person: Person, text: string, withinMs: number): Promise<unknown> =>
  until(() => person.messages().some((message) => message.text === text), Boolean, withinMs)

test('a server whose tail hears nothing says so, and is told everything soon after', async () => {
  const server = await serveViaProxy()
  const ann = await brook.enter('Ann', server)
  await ann.makes('silent tail')
  await ann.acked(ann.says('before'))
  await ann.hears('before')
  proxy.set({ swallowReplies: true, of: 'xread' })
  await ann.acked(ann.says('into silence'))
  await until(
    () => readiness(server),
    ({ status, redis }) => status === 503 && redis === 'deaf',
  )
  // Guard the set-up: the log has it, and nobody was told.
  expect(ann.messages().map(({ text }) => text)).not.toContain('into silence')
  await ann.acked(ann.says('still silent'))
  heal()
  await hears(ann, 'still silent', wordsMs)
  await until(
    () => readiness(server),
    ({ status }) => status === 200,
  )
  expect(ann.messages().map(({ text }) => text)).toEqual(['before', 'into silence', 'still silent'])
}, 60_000)

test('after a black hole, in which new connections fall silent too, sends and words are back', async () => {
  const server = await serveViaProxy()
  const bob = await brook.enter('Bob', server)
  await bob.makes('black hole')
  await bob.acked(bob.says('before'))
  proxy.set({ swallowReplies: true })
  expect((await bob.refused(bob.says('into the hole'))).code).toBe('log_unknown')
  // Every connection has been made anew more than once, and the last ones wait for an answer to their greeting.
  await lasts(20)
  expect((await readiness(server)).status).toBe(503)
  heal()
  await bob.saysAtLast('again?', sendsMs)
  await hears(bob, 'again?', wordsMs)
}, 60_000)

test('a connection that has lost an answer gives no command the answer of another for long', async () => {
  const redis = connectRedis(viaProxy(), writerOptions(1_000))
  await whenReady(redis, 10_000)
  let words = 0
  const isInStep = async (): Promise<boolean> => {
    const word = `word ${++words}`
    return (await redis.ping(word).catch(() => '')) === word
  }
  expect(await isInStep()).toBe(true)
  proxy.set({ swallowReplies: true })
  expect(await isInStep()).toBe(false)
  heal()
  await until(isInStep, Boolean, sendsMs)
  redis.disconnect()
})

test('a subscriber that goes silent is made anew, though it misses no answer', async () => {
  const ear = connectRedis(viaProxy(), subscriberOptions)
  const { bus: mouth } = brook.connections
  const bus = openBus(brook.redis, () => ear)
  const heard: string[] = []
  bus.subscribe((signal) => signal.kind === 'signed-out' && heard.push(signal.session))
  const isHeard = (session: string, withinMs: number): Promise<boolean> =>
    until(
      () => {
        mouth.publish({ kind: 'signed-out', session })
        return heard.includes(session)
      },
      Boolean,
      withinMs,
    )
  await isHeard('before', 10_000)
  proxy.set({ swallowReplies: true, of: 'subscribe' })
  await lasts(1)
  heal()
  await isHeard('after', wordsMs)
  ear.disconnect()
}, 60_000)

test('callers and workers that go silent are made anew, and calls are answered again', async () => {
  const providers = [new RedisProvider(viaProxy()), new RedisProvider(viaProxy())]
  const [caller, worker] = providers.map(({ rpc }) => new Rpc({ redis: rpc, onError: () => undefined }))
  if (caller === undefined || worker === undefined) throw new Error('there are two')
  await worker.serve('echo', (params) => Promise.resolve({ data: params }))
  let calls = 0
  const asks = (): Promise<unknown> =>
    caller.request(`silence:${++calls}`, 'echo', 'hi', { timeoutMs: 1_000 })
  await until(asks, (outcome) => JSON.stringify(outcome) === '{"data":"hi"}')
  for (const of of ['subscribe', 'blpop']) {
    proxy.set({ swallowReplies: true, of })
    await lasts(2)
    expect(await asks()).toMatchObject({ error: { code: expect.any(String) as string } })
    heal()
    await until(asks, (outcome) => JSON.stringify(outcome) === '{"data":"hi"}', wordsMs)
  }
  await Promise.all([caller.close(), worker.close()])
  for (const provider of providers) provider.close()
}, 60_000)

const archived = async (room: string): Promise<string[]> =>
  (
    await brook.db.rows<{ text: string | null }>('SELECT text FROM messages WHERE room_id = ? ORDER BY seq', [
      room,
    ])
  ).flatMap(({ text }) => text ?? [])

test('a sync whose Redis goes silent archives again soon after', async () => {
  const cho = await brook.enter('Cho')
  const { id } = await cho.makes('silent sync')
  const sync = await runSync({ ...brook.config, redis: viaProxy() }, { say: () => undefined })
  await cho.acked(cho.says('before'))
  await until(
    () => archived(id),
    (texts) => texts.includes('before'),
  )
  proxy.set({ swallowReplies: true })
  await cho.acked(cho.says('meanwhile'))
  await lasts(8)
  expect(await archived(id)).toEqual(['before'])
  heal()
  await until(
    () => archived(id),
    (texts) => texts.includes('meanwhile'),
    archiveMs,
  )
  await sync.close()
}, 60_000)

test('a MySQL that goes silent keeps neither a statement nor a transaction for longer than its time', async () => {
  const { proxy: between, at: mysql } = await mysqlBetween(brook.stores)
  const db = new Db(mysql, 1, { answersWithinMs: 500 })
  const one = (tx: Queryable): Promise<{ one: number }[]> => tx.rows<{ one: number }>('SELECT 1 AS one')
  const silence = (): void => between.set({ swallowReplies: true })
  const moments: Record<string, () => Promise<unknown>> = {
    'in a statement': () => (silence(), one(db)),
    'at the beginning': () => (silence(), db.transaction(one)),
    'in the middle': () => db.transaction((tx) => (silence(), one(tx))),
    'at the end': () => db.transaction(async (tx) => one(tx).finally(silence)),
  }
  for (const [moment, work] of Object.entries(moments)) {
    expect(await one(db), moment).toEqual([{ one: 1 }])
    const error: unknown = await work().catch((thrown: unknown) => thrown)
    expect(isConnectionLost(error), moment).toBe(true)
    between.set({})
  }
  // A new connection, which is greeted by silence.
  await until(() => one(db))
  between.cut()
  silence()
  expect(isConnectionLost(await one(db).catch((thrown: unknown) => thrown))).toBe(true)
  between.set({})
  await until(() => one(db).catch(() => undefined), Boolean, archiveMs)
  await db.close()
  await between.close()
}, 60_000)

test('a server whose MySQL goes silent says so, and people talk on', async () => {
  const { proxy: between, at: mysql } = await mysqlBetween(brook.stores)
  const server = brook.servers.push(await runServer({ ...brook.config, mysql })) - 1
  const dia = await brook.enter('Dia', server)
  await dia.makes('without an archive')
  between.set({ swallowReplies: true })
  const ready = await fetch(`${brook.servers[server]?.address}/readyz`)
  expect([ready.status, ((await ready.json()) as { mysql: string }).mysql]).toEqual([200, 'away'])
  await dia.acked(dia.says('still here'))
  await dia.hears('still here')
  between.clear()
  await until(
    () => readiness(server),
    ({ status }) => status === 200,
  )
  await brook.servers.pop()?.close()
  await between.close()
}, 60_000)
