// Stores that do not belong together: one older than the other, wiped, of another installation, or another number of shards.
// Each is refused at the start, in one line, or healed, also under running servers, with the hole shown.
// `node test/fault/restores.mjs --moments 3 --seed 7`
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { until } from '../support/until.ts'
import { between, chanceOf } from './chance.ts'
import { Cluster, type Station, type Store } from './cluster.ts'
import { insists } from './insists.ts'
import { tellLedger } from './ledger.ts'
import { Town, type MayLose } from './town.ts'

interface Way {
  store?: Store
  /** What is restored: a copy by this name. `before`: the one made at the moment. */
  copy?: 'before' | 'foreign' | 'empty'
  env?: Record<string, string>
  /** Undefined: it heals. Otherwise what the one line of refusal says. */
  refusal?: RegExp
  mayLose?: MayLose
}

interface Moment {
  /** Servers and syncs run on while the store is restored. */
  isRunning: boolean
  isArchived: boolean
}

const anotherBrook = /Redis belongs to another Brook than MySQL/
const ways: Record<string, Way> = {
  'MySQL is older': { store: 'mysql', copy: 'before', mayLose: 'what is named' },
  'Redis is older': { store: 'redis', copy: 'before', mayLose: 'what was not archived' },
  'Redis is wiped': { store: 'redis', mayLose: 'what was not archived' },
  'MySQL is wiped': { store: 'mysql', copy: 'empty', refusal: anotherBrook },
  "another Brook's Redis": { store: 'redis', copy: 'foreign', refusal: anotherBrook },
  "another Brook's MySQL": { store: 'mysql', copy: 'foreign', refusal: anotherBrook },
  'another number of shards': {
    env: { LOG_SHARDS: '2' },
    refusal: /LOG_SHARDS is 2, but this Brook began with 1/,
  },
}

const { values } = parseArgs({
  options: { moments: { type: 'string', default: '3' }, seed: { type: 'string', default: '7' } },
})
const [moments, seed] = [Number(values.moments), Number(values.seed)]
const chance = chanceOf(seed)
const folder = mkdtempSync(path.join(os.tmpdir(), 'brook-restores-'))
const found: string[] = []
let doing = ''
const report = (words: string): void => void found.push(`${doing}: ${words}`)

/** The disks of another Brook, and of a MySQL without one. */
async function copyForeign(): Promise<void> {
  const other = await Cluster.open({
    servers: 1,
    syncs: 1,
    folder: path.join(folder, 'other'),
    onCrash: report,
  })
  const town = new Town(() => other.servers.map(({ process }) => process.address), report)
  await town.lives(5)
  await until(() => other.isArchived().catch(() => false))
  for (const { process } of other.stations) await process.end('SIGTERM')
  for (const store of ['redis', 'mysql'] as const) {
    await other.storeProcess(store).kill('SIGTERM')
    await other.copyDisk(store, path.join(folder, `foreign-${store}`))
  }
  await other.storeProcess('mysql').start()
  const tables = await other.db.rows<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'brook'",
  )
  await other.db.transaction(async (tx) => {
    await tx.run('SET FOREIGN_KEY_CHECKS = 0')
    for (const { name } of tables) await tx.run(`DROP TABLE brook.\`${name}\``)
  })
  await other.storeProcess('mysql').kill('SIGTERM')
  await other.copyDisk('mysql', path.join(folder, 'empty-mysql'))
  await other.storeProcess('mysql').start()
  await other.close()
}

console.log('making another Brook ...')
await copyForeign()
const cluster = await Cluster.open({ servers: 2, syncs: 1, folder })
const town = new Town(() => cluster.servers.map(({ process }) => process.address), report)

async function stops(stations: readonly Station[]): Promise<void> {
  for (const { process } of stations) await process.end('SIGKILL')
}

async function starts(): Promise<void> {
  for (const station of cluster.stations) if (!station.process.isUp) await cluster.start(station)
}

/** `name` undefined: nothing is there any more. */
async function swaps(store: Store, name: string | undefined): Promise<void> {
  const process = cluster.storeProcess(store)
  await process.kill(store === 'mysql' ? 'SIGTERM' : 'SIGKILL')
  if (name === undefined)
    await rm(path.join(cluster.stores.folder, 'redis/appendonlydir'), { recursive: true })
  else await cluster.restoreDisk(store, name)
  await process.start()
}

async function copies(store: Store, name: string): Promise<void> {
  const process = cluster.storeProcess(store)
  await process.kill('SIGTERM')
  await cluster.copyDisk(store, name)
  await process.start()
}

/** Every process is refused by one line that says why. */
async function isRefused({ env, refusal = /./ }: Way): Promise<void> {
  for (const station of cluster.stations) {
    cluster.crashes.length = 0
    station.process.start(env)
    await until(() => !station.process.isUp, Boolean, 60_000).catch(() =>
      report(`${station.process.name} goes on`),
    )
    await station.process.end('SIGKILL')
    const lines = station.process.said.split('\n').filter((line) => line.startsWith('brook: '))
    if (lines.length !== 1 || !refusal.test(lines[0] ?? ''))
      report(`${station.process.name} is not refused in one line: ${lines.join(' / ')}`)
  }
  cluster.crashes.length = 0
}

let lost = 0
async function play(name: string, way: Way, { isRunning, isArchived }: Moment): Promise<void> {
  doing = `${name}, ${isRunning ? 'servers running' : 'servers stopped'}, ${isArchived ? 'all archived' : 'not all archived'}`
  console.log(doing)
  const { store, copy } = way
  if (store !== undefined) await copies(store, 'before')
  await town.lives(between(chance, 1, 8))
  await until(() => cluster.isArchived().catch(() => false), Boolean, 60_000)
  const archived = town.counts.words
  if (!isArchived) {
    await stops(cluster.syncs)
    await town.lives(between(chance, 1, 8))
  }
  if (!isRunning) await stops(cluster.stations)
  if (store !== undefined) {
    if (way.refusal !== undefined) await copies(store, 'right')
    await swaps(store, copy === undefined || copy === 'before' ? copy : `${copy}-${store}`)
  }
  if (way.refusal !== undefined) {
    await isRefused(way)
    if (store !== undefined) await swaps(store, 'right')
  }
  await starts()
  await town.checkSessions()
  await insists(() => town.says())
  await town.lives(3)
  await until(() => cluster.isArchived().catch(() => false), Boolean, 60_000)
  lost += await town.checkWords(way.mayLose ?? 'nothing', archived)
}

const began = Date.now()
let played = 0
await town.lives(10)
for (let moment = 0; moment < moments; moment += 1)
  for (const [name, way] of Object.entries(ways)) {
    // Who is to be refused is refused at its start.
    const isRunning = chance() < 0.5 && way.refusal === undefined
    await play(name, way, { isRunning, isArchived: chance() < 0.5 })
    played += 1
  }
const { people, rooms, words } = town.counts
tellLedger(
  folder,
  [
    ['seed', seed],
    ['minutes', ((Date.now() - began) / 60_000).toFixed(1)],
    ['restores', `${played}: ${Object.keys(ways).length} ways at ${moments} moments`],
    ['given', `${people} people, ${rooms} rooms; ${words} words are there`],
    ['lost as is said', lost],
    ['violations', found.length],
    ['ended by itself', cluster.crashes.length],
  ],
  [...found, ...cluster.crashes],
)
await cluster.close()
process.exit(found.length + cluster.crashes.length === 0 ? 0 : 1)
