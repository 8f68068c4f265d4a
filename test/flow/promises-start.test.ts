// Starting with nothing up, in any order: every process waits, says what for, and goes on by itself; none ends.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { BrookProcess } from '../fault/brook-process.ts'
import { Proxy } from '../fault/proxy.ts'
import { Person } from '../support/person.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let stores: PrivateStores
let redis: Proxy
let mysql: Proxy
let folder: string
const started: BrookProcess[] = []
const crashes: string[] = []

beforeAll(async () => {
  stores = await privateStores()
  const { redis: r, mysql: m } = stores
  if (!('path' in r) || m.socketPath === undefined) throw new Error('private stores listen on sockets')
  redis = await Proxy.open({ path: r.path })
  mysql = await Proxy.open({ path: m.socketPath })
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
  const { redis: r, mysql: m } = stores
  const password = encodeURIComponent('password' in r ? r.password : '')
  const process = new BrookProcess({
    ...{ name: verb, verb, logFile: path.join(folder, `${verb}.log`) },
    onCrash: (words) => crashes.push(words),
    env: {
      ...{ HOST: '127.0.0.1', PORT: '0', PACING: 'off' },
      REDIS_URL: `redis://:${password}@127.0.0.1:${redis.port}`,
      MYSQL_URL: `mysql://${m.user}:${encodeURIComponent(m.password)}@127.0.0.1:${mysql.port}/${m.database}`,
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
  const doors = { redis, mysql }
  for (const door of Object.values(doors)) door.set({ refuse: true })
  const [server, sync] = [start('server'), start('sync')]
  await until(() => server.said.includes('Waiting: ') && sync.said.includes('Waiting: '), Boolean, 25_000)
  doors[first].clear()
  const name = second === 'redis' ? 'REDIS_URL' : 'MYSQL_URL'
  await until(() => server.said.includes(`Waiting: ${name}`), Boolean, 25_000)
  doors[second].clear()
  await server.opens()
  const ann = await Person.arrive(server.address, `Ann ${first}`)
  await ann.connects()
  const { seq } = await ann.acked(ann.says('good morning'))
  await until(() => ann.heard.some((event) => event.type === 'archived' && event.seq >= seq), Boolean, 25_000)
  ann.drops()
  expect(crashes).toEqual([])
})

test('whoever waits for a store ends at once when it is told to', async () => {
  redis.set({ refuse: true })
  const server = start('server')
  await until(() => server.said.includes('Waiting: '), Boolean, 25_000)
  await server.end('SIGTERM')
  redis.clear()
})
