// Starting without any store, in any order: every process waits, says for what, and continues by itself; none exits.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { BrookProcess } from '../fault/brook-process.ts'
import { mysqlBetween, mysqlUrl, redisBetween } from '../fault/between.ts'
import type { Proxy } from '../fault/proxy.ts'
import { Person } from '../support/person.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let stores: PrivateStores
let redis: Proxy
let mysql: Proxy
let addresses: { REDIS_URL: string; MYSQL_URL: string }
let folder: string
const started: BrookProcess[] = []
const crashes: string[] = []

beforeAll(async () => {
  stores = await privateStores()
  const [ofRedis, ofMysql] = await Promise.all([redisBetween(stores), mysqlBetween(stores)])
  redis = ofRedis.proxy
  mysql = ofMysql.proxy
  addresses = { REDIS_URL: ofRedis.at().url, MYSQL_URL: mysqlUrl(ofMysql.at) }
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-start-'))
})
afterEach(async () => {
  for (const process of started.splice(0)) await process.end('SIGKILL')
})
afterAll(async () => {
  await Promise.all([redis.close(), mysql.close()])
  await stores.stop()
  await rm(folder, { recursive: true })
})

function start(verb: 'server' | 'sync'): BrookProcess {
  const process = new BrookProcess({
    name: verb,
    verb,
    logFile: path.join(folder, `${verb}.log`),
    onCrash: (words) => crashes.push(words),
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      PACING: 'off',
      ...addresses,
    },
  })
  started.push(process)
  process.start()
  return process
}

test.each([
  ['Redis first', 'redis', 'mysql'],
  ['MySQL first', 'mysql', 'redis'],
] as const)('server and sync wait for stores that come %s', async (_what, first, second) => {
  const proxies = { redis, mysql }
  for (const proxy of Object.values(proxies)) proxy.set({ refuse: true })
  const [server, sync] = [start('server'), start('sync')]
  await until(() => server.said.includes('Waiting: ') && sync.said.includes('Waiting: '), Boolean, 25_000)
  proxies[first].clear()
  const name = second === 'redis' ? 'REDIS_URL' : 'MYSQL_URL'
  await until(() => server.said.includes(`Waiting: ${name}`), Boolean, 25_000)
  proxies[second].clear()
  await server.opens()
  const ann = await Person.arrive(server.address, `Ann ${first}`)
  await ann.connects()
  const { seq } = await ann.acked(ann.says('good morning'))
  await until(() => ann.heard.some((event) => event.type === 'archived' && event.seq >= seq), Boolean, 25_000)
  ann.drops()
  expect(crashes).toEqual([])
})

test('a process that waits for a store exits at once when it is told to', async () => {
  redis.set({ refuse: true })
  const server = start('server')
  await until(() => server.said.includes('Waiting: '), Boolean, 25_000)
  await server.end('SIGTERM')
  redis.clear()
})
