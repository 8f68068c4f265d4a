// The embedded stores as a brook uses them: shared, restarted when they die, stopped, and kept through a kill.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import { whenReady } from '../../server/redis/client.ts'
import { connectRedis, readerOptions } from '../../server/redis/connect.ts'
import { reachMysql, reachRedis } from '../../server/stores/external.ts'
import { commandLine } from '../../server/stores/leftover.ts'
import { root } from '../../server/root.ts'
import { openStores, type Stores } from '../../server/stores/open.ts'
import { StoreError } from '../../server/stores/programs.ts'
import { socketFolder } from '../../server/stores/socket-path.ts'
import { privateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let folder: string
let dataDir: string
let said: string[]
let opened: Stores[]
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  dataDir = path.join(folder, 'data')
  said = []
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((stores) => stores.stop()))
  await rm(folder, { recursive: true, force: true })
})

async function open({ alone = true, verb = 'brook start' } = {}): Promise<Stores> {
  const place = { dataDir, redis: undefined, mysql: undefined }
  const stores = await openStores(place, (line) => void said.push(line), { verb, alone })
  opened.push(stores)
  return stores
}

const pidOf = async (store: 'redis' | 'mariadb') =>
  Number(await readFile(path.join(dataDir, store, `${store}.pid`), 'utf8'))

async function redisOf(stores: Stores) {
  const redis = connectRedis(stores.redis, readerOptions)
  await whenReady(redis, 10_000)
  return redis
}

async function keep(stores: Stores, word: string) {
  const redis = await redisOf(stores)
  await redis.set('word', word)
  redis.disconnect()
  const db = new Db(stores.mysql, 1)
  await db.run('CREATE TABLE words (word VARCHAR(20))')
  await db.run('INSERT INTO words VALUES (?)', [word])
  await db.close()
}

async function kept(stores: Stores) {
  const redis = await redisOf(stores)
  const inRedis = await redis.get('word')
  redis.disconnect()
  const db = new Db(stores.mysql, 1)
  const [row] = await db.rows<{ word: string }>('SELECT word FROM words')
  await db.close()
  return { redis: inRedis, mysql: row?.word }
}

test('what the stores hold is there at the next start', async () => {
  const first = await open()
  await keep(first, 'hello')
  await first.stop()
  expect(await kept(await open())).toEqual({ redis: 'hello', mysql: 'hello' })
})

test('stop() leaves no process, no lock and no open port', async () => {
  const stores = await open()
  const pids = [await pidOf('redis'), await pidOf('mariadb')]
  for (const pid of pids) expect(commandLine(pid).join(' ')).toContain(dataDir)
  await stores.stop()
  for (const pid of pids) expect(commandLine(pid).join(' ')).not.toContain(dataDir)
  for (const file of ['brook.lock', 'stores.json', 'redis/redis.pid', 'mariadb/mariadb.pid'])
    expect(existsSync(path.join(dataDir, file)), file).toBe(false)
})

test('only their owner can read the passwords, which are in no command line', async () => {
  const stores = await open()
  for (const file of ['passwords.json', 'stores.json', 'redis/redis.conf', 'mariadb/first.sql'])
    expect((await stat(path.join(dataDir, file))).mode & 0o777, file).toBe(0o600)
  const lines = [...commandLine(await pidOf('redis')), ...commandLine(await pidOf('mariadb'))].join(' ')
  expect(lines).toContain(dataDir)
  expect(lines).not.toContain(stores.mysql.password)
  expect(lines).not.toContain('password' in stores.redis ? stores.redis.password : 'a URL')
})

test('Redis never evicts, and fsyncs what it acknowledges', async () => {
  const redis = await redisOf(await open())
  expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes'])
  expect(await redis.config('GET', 'appendfsync')).toEqual(['appendfsync', 'always'])
  expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
  redis.disconnect()
})

test('MariaDB shares no temporary folder with another one, which would delete its temporary tables', async () => {
  const { mysql } = await open()
  const db = new Db(mysql, 1)
  expect(await db.rows('SELECT @@tmpdir AS at')).toEqual([{ at: path.join(dataDir, 'mariadb/tmp') }])
  await db.close()
})

test.each(['redis', 'mariadb'] as const)('a killed %s is restarted and keeps its data', async (store) => {
  const stores = await open()
  await keep(stores, 'hello')
  const killed = await pidOf(store)
  process.kill(killed, 'SIGKILL')
  const answers = store === 'redis' ? /^Redis answers again/ : /^MariaDB answers again/
  await until(
    () => said,
    (lines) => lines.some((line) => answers.test(line)),
  )
  expect(said).toHaveLength(2)
  expect(said[0]).toContain('died (SIGKILL)')
  expect(await pidOf(store)).not.toBe(killed)
  expect(await kept(stores)).toEqual({ redis: 'hello', mysql: 'hello' })
})

test.each([
  'redis',
  'mariadb',
  'mariadb/data',
  'passwords.json/folder',
  'brook.lock/folder',
  'redis/redis.conf/folder',
])('a stray %s in the data folder is named in one line, and nothing is left running', async (stray) => {
  const isFolder = stray.endsWith('/folder')
  await mkdir(path.dirname(path.join(dataDir, stray)), { recursive: true })
  if (!isFolder) await writeFile(path.join(dataDir, stray), '')
  const refused: unknown = await open().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(StoreError)
  expect((refused as Error).message).toContain(path.join(dataDir, stray.replace('/folder', '')))
  expect((refused as Error).message).not.toContain('\n')
})

test('a brook beside a running one uses its stores and does not stop them', async () => {
  const owner = await open()
  const beside = await open({ alone: false, verb: 'brook history' })
  expect(beside.redis).toEqual(owner.redis)
  expect(beside.mysql).toEqual(owner.mysql)
  await beside.stop()
  const redis = await redisOf(owner)
  expect(await redis.ping()).toBe('PONG')
  redis.disconnect()
})

test('a second brook start in one data folder is told who is there', async () => {
  await open()
  await expect(open()).rejects.toThrow(
    `"brook start" (process ${process.pid}) is already running in ${dataDir}. Stop it first`,
  )
})

test('brooks that need stores at the same time share one pair', async () => {
  const all = await Promise.all([1, 2, 3].map(() => open({ alone: false, verb: 'brook history' })))
  for (const stores of all) expect(stores.redis).toEqual(all[0]?.redis)
})

test("the next start stops a killed brook's stores, and their data is kept", async () => {
  const holder = spawn(process.execPath, [path.join(root, 'dist/test/hold-stores.js'), dataDir])
  await once(holder.stdout, 'data')
  await keep(await open({ alone: false }), 'hello')
  const orphans = [await pidOf('redis'), await pidOf('mariadb')]
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  for (const pid of orphans) expect(commandLine(pid).join(' ')).toContain(dataDir)

  const next = await open()
  expect(said.filter((line) => line.startsWith('Stopping the'))).toHaveLength(2)
  for (const pid of orphans) expect(commandLine(pid).join(' ')).not.toContain(dataDir)
  expect(await kept(next)).toEqual({ redis: 'hello', mysql: 'hello' })
})

test('a data folder with a very long path works', async () => {
  dataDir = path.join(dataDir, 'x'.repeat(120))
  const stores = await open()
  await keep(stores, 'hello')
  await stores.stop()
  expect(await kept(await open())).toEqual({ redis: 'hello', mysql: 'hello' })
  await opened.at(-1)?.stop()
  await rm(await socketFolder(dataDir), { recursive: true })
})

test('a data folder with a space in its path works', async () => {
  dataDir = path.join(dataDir, 'mit leer')
  const stores = await open()
  await keep(stores, 'hello')
  await stores.stop()
  expect(await kept(await open())).toEqual({ redis: 'hello', mysql: 'hello' })
})

test('external servers are reached, or what is wrong with them is one line', async () => {
  const theirs = await privateStores()
  const { mysql } = theirs
  const redis = theirs.redis as { path: string; password: string }
  await reachRedis(redis)
  await reachMysql(mysql)
  await expect(reachRedis({ ...redis, password: 's3cret' })).rejects.toThrow(
    `REDIS_URL: ${redis.path} rejects this user or password.`,
  )
  await expect(reachMysql({ ...mysql, password: 's3cret' })).rejects.toThrow(
    `MYSQL_URL: ${mysql.socketPath} rejects the user "brook" or this password.`,
  )
  await expect(reachMysql({ ...theirs.admin, database: 'nowhere' })).rejects.toThrow(
    `MYSQL_URL: ${mysql.socketPath} has no database "nowhere". Create it`,
  )
  await expect(reachMysql({ ...mysql, database: 'mysql' })).rejects.toThrow(
    'has no access to the database "mysql"',
  )
  await expect(reachRedis({ url: 'redis://no-such-host.invalid:6379' })).rejects.toThrow(
    'REDIS_URL: the host of no-such-host.invalid:6379 is unknown.',
  )
  await theirs.stop()
})
