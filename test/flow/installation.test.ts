// What belongs to one Brook: a Redis and a MySQL that know each other, one number of shards, and what is said between its
// processes.
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Signal } from '../../server/bus.ts'
import { openExisting, openReady } from '../../server/cli/ready.ts'
import type { MysqlAddress } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { checkInstallation } from '../../server/installation.ts'
import { RedisProvider } from '../../server/redis/provider.ts'
import { Rpc } from '../../server/rpc/rpc.ts'
import { testFolder } from '../support/folder.ts'
import { redisBetween } from '../fault/between.ts'
import type { Proxy } from '../fault/proxy.ts'
import { StoreAway } from '../../server/stores/programs.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'

let brook: Brook
let proxy: Proxy
/** A database of the Redis, as an operator names it. */
let redisDatabase: (number: number) => { url: string }
beforeAll(async () => {
  brook = await Brook.start()
  const between = await redisBetween(brook.stores)
  proxy = between.proxy
  redisDatabase = between.at
})
afterAll(async () => {
  await proxy.close()
  await brook.stop()
})

const use = { verb: 'brook server', alone: false }
const open = (settings: object): ReturnType<typeof openReady> =>
  openReady({ ...brook.config, allowUnsafeStores: true, ...settings }, () => undefined, use)

const folder = testFolder()
const openAsking = (settings: object, reads = true): ReturnType<typeof openExisting> =>
  openExisting({ ...brook.config, allowUnsafeStores: true, ...settings }, () => undefined, 'brook history', {
    reads,
  })

/** The database of another Brook on the same server. */
async function otherMysql(name = 'other_brook'): Promise<MysqlAddress> {
  const admin = new Db(brook.stores.admin, 1)
  await admin.run(`CREATE DATABASE IF NOT EXISTS ${name}`)
  await admin.close()
  return { ...brook.stores.admin, database: name }
}

test('a server with another number of shards is refused, in one line that says which is right', async () => {
  await (await open({ logShards: 1 })).stores.stop()
  const refused = open({ logShards: 2 })
  await expect(refused).rejects.toThrow(/^LOG_SHARDS is 2, but this Brook began with 1.*Set LOG_SHARDS=1\.$/)
  await (await open({ logShards: 1 })).stores.stop()
})

test('a verb that asks makes no Brook where there is none', async () => {
  const dataDir = path.join(folder, 'nothing')
  await expect(openAsking({ dataDir, redis: undefined, mysql: undefined })).rejects.toThrow(
    `There is no Brook in ${dataDir}.`,
  )
  expect(existsSync(dataDir)).toBe(false)
  // Nor where a start was given up, or somebody has made folders of these names.
  await mkdir(path.join(dataDir, 'redis'), { recursive: true })
  await writeFile(path.join(dataDir, 'brook.lock'), '')
  await expect(openAsking({ dataDir, redis: undefined, mysql: undefined })).rejects.toThrow(
    'There is no Brook',
  )
  expect(await readdir(dataDir)).toEqual(['brook.lock', 'redis'])
  const mysql = await otherMysql('empty_database')
  for (const reads of [true, false])
    await expect(openAsking({ mysql }, reads)).rejects.toThrow('There is no Brook in this database.')
  const db = new Db(mysql, 1)
  expect(await db.rows('SHOW TABLES')).toEqual([])
  await db.close()
})

test('a verb that only reads leaves an older database as it is, and says what to do', async () => {
  const [newest] = await brook.db.rows<{ version: number }>(
    'SELECT MAX(version) AS version FROM schema_migrations',
  )
  const undo = 'UPDATE schema_migrations SET applied_at = ? WHERE version = ?'
  await brook.db.run(undo, [null, newest?.version ?? 0])
  await expect(openAsking({})).rejects.toThrow(
    /^The database is older than this Brook\. Run brook migrate first/,
  )
  await brook.db.run(undo, [new Date(), newest?.version ?? 0])
  await (await openAsking({})).stores.stop()
})

test('a Redis that belongs to another Brook is refused; one of its other databases is not', async () => {
  await (await open({})).stores.stop()
  const mysql = await otherMysql()
  const refused = open({ mysql, redis: redisDatabase(0) })
  await expect(refused).rejects.toThrow(/^Redis belongs to another Brook than MySQL\.[^\n]*$/)
  await (await open({ mysql, redis: redisDatabase(1) })).stores.stop()
  // As it was, and as it is again after Redis was wiped.
  await (await open({})).stores.stop()
  await brook.redis.flushdb()
  await checkInstallation(brook.stores, 1)
  await expect(checkInstallation({ mysql, redis: redisDatabase(0) }, 1)).rejects.toThrow('another Brook')
})

test('a Redis that is full is this Brook’s all the same, and waited for where it is nobody’s yet', async () => {
  await checkInstallation(brook.stores, 1)
  await brook.redis.config('SET', 'maxmemory', '1')
  try {
    await checkInstallation(brook.stores, 1)
    const fresh = checkInstallation({ mysql: brook.stores.mysql, redis: redisDatabase(2) }, 1)
    await expect(fresh).rejects.toBeInstanceOf(StoreAway)
  } finally {
    await brook.redis.config('SET', 'maxmemory', '0')
  }
})

test('Brooks in two databases of one Redis do not hear each other', async () => {
  const [one, other] = [0, 1].map((number) => new RedisProvider(redisDatabase(number)))
  if (one === undefined || other === undefined) throw new Error('two were asked for')
  const heard: Record<'one' | 'other', Signal[]> = { one: [], other: [] }
  one.bus.subscribe((signal) => heard.one.push(signal))
  other.bus.subscribe((signal) => heard.other.push(signal))
  const hears = (whose: 'one' | 'other', session: string): Promise<boolean> =>
    until(() => {
      const { bus } = whose === 'one' ? one : other
      bus.publish({ kind: 'signed-out', session })
      return heard[whose].some((signal) => signal.kind === 'signed-out' && signal.session === session)
    })
  await hears('one', 'of one')
  await hears('other', 'of the other')
  await hears('one', 'of one, again')
  expect(new Set(heard.other.map((signal) => signal.kind === 'signed-out' && signal.session))).toEqual(
    new Set(['of the other']),
  )
  for (const redis of [one, other]) redis.close()
})

test('calls between processes are answered in any database, and nowhere else', async () => {
  const providers = [0, 1].map((number) => new RedisProvider(redisDatabase(number)))
  const rpcs = providers.map(({ rpc }) => new Rpc({ redis: rpc, onError: () => undefined }))
  const [one, other] = rpcs
  await other?.serve('who', async () => ({ data: 'the other' }))
  expect(await other?.request('a', 'who', null)).toEqual({ data: 'the other' })
  expect(await one?.request('b', 'who', null)).toMatchObject({ error: { code: 'no_worker' } })
  for (const rpc of rpcs) await rpc.close()
  for (const redis of providers) redis.close()
})
