// A Brook under exactly the rights that docs/OPERATING.md gives it, and what it says where one of them is missing.
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openReady } from '../../server/cli/ready.ts'
import { runBots } from '../../server/builtin-bot/run.ts'
import type { RedisAddress } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { runServer } from '../../server/main.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { SearchAnswer } from '../../server/protocol/search.ts'
import { reachRedis } from '../../server/stores/external.ts'
import { StoreAway, type StoreError } from '../../server/stores/programs.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine } from '../support/command-line.ts'
import { documentedRights, leastRights } from '../support/least-rights.ts'
import { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { privateRedis, privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

/** Once it is started. */
let running: Brook | undefined
let stores: PrivateStores
beforeAll(async () => {
  stores = await privateStores()
  stores.given = await leastRights(stores)
})
afterAll(async () => {
  await (running ?? stores).stop()
})

/** Neither tables nor a log. */
async function emptyStores(): Promise<void> {
  const db = new Db(stores.admin, 1)
  await db.run('DROP DATABASE brook')
  await db.run('CREATE DATABASE brook CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
  await db.close()
  const redis = new Redis(stores.redis as { path: string; password: string })
  await redis.flushall()
  redis.disconnect()
}

const use = { verb: 'brook server', alone: false }
const settings = { allowUnsafeStores: true, webhookPrivate: true }

test('the account that runs does not migrate, and says who has to', async () => {
  await emptyStores()
  const { migrating } = await leastRights(stores)
  const open = (mysql: object): ReturnType<typeof openReady> =>
    openReady({ ...Brook.settings, ...settings, ...stores.given, ...mysql }, () => undefined, use)
  await expect(open({})).rejects.toThrow(
    /^The database must be migrated, and this account may not do that\. Run brook migrate[^\n]*$/,
  )
  expect((await open({ mysql: migrating })).migrated).not.toEqual([])
  expect((await open({})).migrated).toEqual([])
})

test('everything that people and programs do needs no other rights', async () => {
  const brook = await Brook.start(settings, Promise.resolve(stores))
  running = brook
  await brook.redis.call('ACL', 'LOG', 'RESET')
  const line = await commandLine(stores)
  const receiver = await Receiver.up()
  const say = (): void => undefined
  const sync = await runSync(brook.config, { say })
  const bots = await runBots(brook.config, { say })
  const ann = await brook.enter('Ann')
  const bob = await brook.enter('Bob')
  const { id: room } = await ann.makes('rights')
  const at = `/api/rooms/${room}`
  const does = async (
    method: string,
    path: string,
    body?: object,
    by = ann,
  ): Promise<Record<string, unknown>> => {
    const { status, body: answer } = await by.ask<Record<string, unknown>>(method, path, body)
    expect(status, `${method} ${path} ${JSON.stringify(answer)}`).toBeLessThan(300)
    return answer
  }
  await bob.joins(room)
  await does('POST', `${at}/hooks/outgoing`, { url: receiver.url })
  const hook = await does('POST', `${at}/hooks/incoming`, { name: 'robot' })
  const { seq } = await ann.acked(ann.says('first words @Bob'))
  await bob.hears('first words @Bob')
  await does('PATCH', `${at}/messages/${seq}`, { cid: newCid(), text: 'second words @Bob' })
  await does('PUT', `${at}/messages/${seq}/reactions/👍`, { cid: newCid() }, bob)
  await does('PUT', `${at}/pins/${seq}`, { cid: newCid() })
  await does('PUT', `/api/saved/${room}/${seq}`)
  bob.tells({ type: 'read', room, seq })
  const poll = await does('POST', `${at}/polls`, {
    cid: newCid(),
    question: 'Right?',
    options: ['yes', 'no'],
  })
  await does('PUT', `${at}/polls/${String(poll['seq'])}/vote`, { cid: newCid(), choices: [0] })
  const posted = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"text":"hooked"}',
  }
  const answer = await fetch(`${ann.address}${String(hook['path'])}`, posted)
  expect(answer.status).toBe(200)
  await bob.hears('hooked')
  await until(() => receiver.posted.length > 0)
  await until(
    async () => (await does('GET', '/api/commands'))['commands'],
    (all) => JSON.stringify(all).includes('roll'),
  )
  const added = (await line.type('bot', 'add', 'helper', '--room', 'rights')).printed.join('\n')
  const bot = new Bot(/brook_bot_\S+/.exec(added)?.[0] ?? '', ann.address)
  await bot.says(room, 'from a program')
  await ann.hears('from a program')
  expect((await line.type('sync', 'now')).code).toBe(0)
  const found = (): Promise<SearchAnswer> => does('GET', '/api/search?q=words') as Promise<never>
  await until(found, ({ hits }) => hits.length > 0)
  const file = await fetch(`${ann.address}${at}/export?format=jsonl`, { headers: { cookie: ann.cookie } })
  expect(await file.text()).toContain('second words')
  // Recovery from a wiped Redis uses what nothing else does.
  await brook.redis.flushdb()
  await until(
    () => ann.ask('POST', `${at}/messages`, { cid: newCid(), text: 'after the wipe' }),
    ({ status }) => status === 201,
    30_000,
  )
  await does('DELETE', `${at}/messages/${seq}`, { cid: newCid() })
  const password = 'four plain horses run'
  await does('PUT', '/api/session/password', { password })
  // With its rates, which give back what a right password took.
  const paced = await runServer({ ...brook.config, pacing: true })
  await Person.signsIn(paced.address, 'Ann', password)
  await paced.close()
  await does('DELETE', '/api/session', undefined, bob)
  await bots.close()
  await sync.close()
  await receiver.goesDown()
  await line.close()
  // Whether `default` could replay the log is asked, and not needed.
  const denied = (await brook.redis.call('ACL', 'LOG')) as unknown[]
  expect(denied.filter((one) => !JSON.stringify(one).includes('acl|getuser'))).toEqual([])
  for (const server of brook.servers.splice(0)) await server.close()
}, 120_000)

/** Whose absence only costs a report, or that ioredis takes for granted. */
const optional = /^\+(ping|select|config\|get)$/

test('each right that Redis does not give is named in one line at the start', async () => {
  const { acl } = await documentedRights()
  const rules =
    acl
      .find((one) => one.startsWith('user brook'))
      ?.split(' ')
      .slice(2) ?? []
  const given = stores.redis as { path: string; password: string }
  const admin = new Redis(given)
  const reach = async (lacking: string): Promise<string> => {
    const left = rules
      .filter((rule) => rule !== lacking)
      .map((rule) => rule.replace('SECRET', given.password))
    await admin.call('ACL', 'SETUSER', 'brook', 'reset', ...left)
    return reachRedis(stores.given.redis).then(
      () => 'ready',
      (error: StoreError) => `${error.name}: ${error.message}`,
    )
  }
  expect(await reach('')).toBe('ready')
  const needed = rules.filter((rule) => rule.startsWith('+') && !optional.test(rule))
  expect(needed.length).toBeGreaterThan(40)
  const words = (rule: string): string => rule.slice(1).replace('|', ' ').toUpperCase()
  for (const rule of needed)
    expect(await reach(rule)).toMatch(
      new RegExp(`^StoreError: REDIS_URL: the user in Redis has no right to ${words(rule)} at [^\\n]+\\.$`),
    )
  for (const rule of rules.filter((one) => one.startsWith('~') || one.startsWith('&')))
    expect(await reach(rule)).toMatch(
      /^StoreError: REDIS_URL: the user in Redis has no right to the (keys|channels) [^\n]+\.$/,
    )
  await reach('')
  admin.disconnect()
})

const refusalOf = (address: RedisAddress): Promise<unknown> =>
  reachRedis(address).catch((error: unknown) => error)

test('a Redis that is a replica, or has no room for a connection, is waited for in one line', async () => {
  const { address, stop } = await privateRedis()
  const admin = new Redis(address as { path: string; password: string })
  await admin.call('REPLICAOF', '127.0.0.1', '1')
  const replica = await refusalOf(address)
  expect(replica).toBeInstanceOf(StoreAway)
  expect((replica as Error).message).toMatch(/^REDIS_URL: Redis is a read-only replica at [^\n]+\.$/)
  await admin.call('REPLICAOF', 'NO', 'ONE')
  await admin.config('SET', 'maxclients', '1')
  const full = await refusalOf(address)
  expect(full).toBeInstanceOf(StoreAway)
  expect((full as Error).message).toMatch(
    /^REDIS_URL: Redis takes no more connections \(maxclients\) at [^\n]+\.$/,
  )
  admin.disconnect()
  await stop()
})
