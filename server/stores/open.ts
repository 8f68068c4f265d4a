// Opens the stores for one command: the servers that REDIS_URL and MYSQL_URL name, the stores that a running brook has
// in this data folder, or our own children, which end with us.
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { reachMysql, reachRedis } from './external.ts'
import { getPrograms, type Wanted } from './fetch.ts'
import { type Holder, isAlive, isHeld, type Lock, takeLock } from './lock.ts'
import { makeMariadbData, mariadbAddress, mariadbRecipe } from './mariadb.ts'
import { type MariadbProgram, type RedisProgram, StoreError } from './programs.ts'
import { redisRecipe } from './redis.ts'
import { forgetRunning, passwords, readRunning, type Running, tellRunning } from './running.ts'
import type { Say } from './say.ts'
import { socketFolder } from './socket-path.ts'
import { Supervised } from './supervise.ts'

export interface Stores {
  redis: RedisAddress
  mysql: MysqlAddress
  /** Ends what this call started, cleanly. */
  stop(): Promise<void>
}

export interface Use {
  /** What a person typed, for others who meet our lock: "brook start". */
  verb: string
  /** Own stores only: another brook in this data folder is an error. */
  alone: boolean
}

type Place = Pick<Config, 'dataDir' | 'redis' | 'mysql'>

/**
 * Limit: a command that uses another's stores is not waited for by their owner. When `brook start` ends, its stores
 * end, and a `brook server` beside it meets a store that is down.
 */
export async function openStores(config: Place, say: Say, use: Use): Promise<Stores> {
  if (config.redis !== undefined) await reachRedis(config.redis)
  if (config.mysql !== undefined) await reachMysql(config.mysql)
  const wanted = { redis: config.redis === undefined, mariadb: config.mysql === undefined }
  if (!wanted.redis && !wanted.mariadb) return whole(config, async () => undefined)
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const lock = await takeLock(config.dataDir, use.verb)
  if (isHeld(lock)) return borrow(config, lock, say, use)
  return own(config, wanted, lock, say)
}

async function own(config: Place, wanted: Wanted, lock: Lock, say: Say): Promise<Stores> {
  const started: Supervised[] = []
  const stop = async () => {
    await forgetRunning(config.dataDir)
    await Promise.all(started.map((store) => store.stop()))
    await lock.release()
  }
  try {
    const programs = await getPrograms(wanted, config.dataDir, say)
    const places = await choosePlaces(config.dataDir)
    // Both at the same time; when one fails, the other must have settled before it can be ended.
    const starts = await Promise.allSettled([
      programs.redis && startRedis(programs.redis, places.redis, say, started),
      programs.mariadb && startMariadb(programs.mariadb, places.mariadb, say, started),
    ])
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    const running: Running = {
      pid: process.pid,
      redis: programs.redis && { path: places.redis.socket, password: places.redis.password },
      mysql: programs.mariadb && mariadbAddress(places.mariadb),
    }
    await tellRunning(config.dataDir, running)
    return whole({ redis: config.redis ?? running.redis, mysql: config.mysql ?? running.mysql }, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

interface StorePlace {
  folder: string
  socket: string
  password: string
}

async function choosePlaces(dataDir: string): Promise<{ redis: StorePlace; mariadb: StorePlace }> {
  const words = await passwords(dataDir)
  const sockets = await socketFolder(dataDir)
  const place = (name: 'redis' | 'mariadb') => ({
    folder: path.join(dataDir, name),
    socket: path.join(sockets, `${name}.sock`),
    password: words[name],
  })
  return { redis: place('redis'), mariadb: place('mariadb') }
}

async function startRedis(program: RedisProgram, place: StorePlace, say: Say, started: Supervised[]) {
  started.push(await Supervised.start(await redisRecipe(program, place), say))
}

async function startMariadb(program: MariadbProgram, place: StorePlace, say: Say, started: Supervised[]) {
  await makeMariadbData(program, place.folder)
  started.push(await Supervised.start(await mariadbRecipe(program, place), say))
}

const borrowWithinMs = 120_000
const lookEveryMs = 50

/** Another process owns the stores here: waits until it has them running, and uses them. */
async function borrow(config: Place, holder: Holder, say: Say, use: Use): Promise<Stores> {
  if (use.alone)
    throw new StoreError(
      `"${holder.verb}" (process ${holder.pid}) is already running in ${config.dataDir}. ` +
        `Stop it first, or start with another DATA_DIR.`,
    )
  const until = Date.now() + borrowWithinMs
  let told = false
  while (isAlive(holder) && Date.now() < until) {
    const running = await readRunning(config.dataDir)
    if (running?.pid === holder.pid)
      return whole(
        { redis: config.redis ?? running.redis, mysql: config.mysql ?? running.mysql },
        async () => undefined,
      )
    if (!told) say(`Waiting for the stores of "${holder.verb}" (process ${holder.pid})`)
    told = true
    await pause(lookEveryMs)
  }
  if (!isAlive(holder)) return openStores(config, say, use)
  throw new StoreError(`"${holder.verb}" (process ${holder.pid}) holds ${config.dataDir}, but no store runs.`)
}

interface Addresses {
  redis?: RedisAddress | undefined
  mysql?: MysqlAddress | undefined
}

function whole({ redis, mysql }: Addresses, stop: () => Promise<void>): Stores {
  if (redis === undefined || mysql === undefined)
    throw new StoreError(
      `The brook that runs here uses ${redis === undefined ? 'a REDIS_URL' : 'a MYSQL_URL'}; set the same.`,
    )
  return { redis, mysql, stop }
}
