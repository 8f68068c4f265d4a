// Opens the stores for one command: the servers that REDIS_URL and MYSQL_URL name, the stores of a running brook in this
// data folder, or our own child processes, which stop with us.
import { existsSync } from 'node:fs'
import { access, constants, mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { reachMysql, reachRedis } from './external.ts'
import { getPrograms, type Wanted } from './fetch.ts'
import { type Holder, isAlive, isHeld, type Lock, takeLock } from './lock.ts'
import { makeMariadbData, mariadbAddress, mariadbRecipe } from './mariadb.ts'
import { type MariadbProgram, type RedisProgram, StoreError } from './programs.ts'
import { redisRecipe } from './redis.ts'
import { removeRunning, passwords, readRunning, type Running, publishRunning } from './running.ts'
import type { Say } from '../logging/say.ts'
import { socketFolder } from './socket-path.ts'
import { Supervised } from './supervise.ts'

export interface Stores {
  redis: RedisAddress
  mysql: MysqlAddress
  /** Stops what this call started, cleanly. */
  stop(): Promise<void>
}

export interface Use {
  /** The command as typed, for other processes that find our lock: "brook start". */
  verb: string
  /** Own stores only: another brook in this data folder is an error. */
  alone: boolean
}

type Place = Pick<Config, 'dataDir' | 'redis' | 'mysql'>

/**
 * Limit: the owner of the stores does not wait for commands that borrow them. When `brook start` stops, its stores stop,
 * and a `brook server` beside it finds them down.
 */
export async function openStores(config: Place, say: Say, use: Use): Promise<Stores> {
  if (config.redis !== undefined) await reachRedis(config.redis)
  if (config.mysql !== undefined) await reachMysql(config.mysql)
  const wanted = { redis: config.redis === undefined, mariadb: config.mysql === undefined }
  if (!wanted.redis && !wanted.mariadb) return whole(config, async () => undefined)
  await makeDataDir(config.dataDir)
  await refuseStrays(config.dataDir)
  const lock = await takeLock(config.dataDir, use.verb)
  if (isHeld(lock)) return borrow(config, lock, say, use)
  return own(config, wanted, lock, say)
}

const unusable: Readonly<Record<string, string>> = {
  EEXIST: 'that is a file',
  ENOENT: 'that cannot be made, or is a link to nothing',
  ENOTDIR: 'a part of that path is a file',
  EACCES: 'this account must not write there',
  EPERM: 'this account must not write there',
  EROFS: 'that is read-only',
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir)
    await access(dataDir, constants.W_OK)
  } catch (error) {
    const why = unusable[(error as NodeJS.ErrnoException).code ?? '']
    throw why === undefined ? error : new StoreError(`DATA_DIR is ${dataDir}, but ${why}.`)
  }
}

const ownFolders = ['redis', 'mariadb', 'mariadb/data']
const ownFiles = ['brook.lock', 'stores.json', 'passwords.json', 'redis/redis.conf', 'mariadb/first.sql']

/** @throws StoreError where something else has the name of a thing of ours. Trap: a folder would hold the lock for ever. */
async function refuseStrays(dataDir: string): Promise<void> {
  for (const name of [...ownFolders, ...ownFiles]) {
    const place = path.join(dataDir, name)
    const isFolder = (await stat(place).catch(() => undefined))?.isDirectory()
    if (isFolder === undefined || isFolder === ownFolders.includes(name)) continue
    throw new StoreError(
      `Brook needs ${place} for itself, but that is a ${isFolder ? 'folder' : 'file'}. Move it away.`,
    )
  }
}

/** Trap: Node's own `recursive` never returns where the system refuses a name, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  const parent = path.dirname(folder)
  if (!existsSync(parent)) await makeFolder(parent)
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error
  }
}

async function own(config: Place, wanted: Wanted, lock: Lock, say: Say): Promise<Stores> {
  const started: Supervised[] = []
  const stop = async () => {
    await removeRunning(config.dataDir)
    await Promise.all(started.map((store) => store.stop()))
    await lock.release()
  }
  try {
    const programs = await getPrograms(wanted, config.dataDir, say)
    const places = await choosePlaces(config.dataDir)
    // Both start at the same time; if one fails, the other must have settled before it can be stopped.
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
    await publishRunning(config.dataDir, running)
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

/** Another process owns the stores: waits until they are running, and uses them. */
async function borrow(config: Place, holder: Holder, say: Say, use: Use): Promise<Stores> {
  if (use.alone)
    throw new StoreError(
      `"${holder.verb}" (process ${holder.pid}) is already running in ${config.dataDir}. ` +
        `Stop it first, or use another DATA_DIR.`,
    )
  const until = Date.now() + borrowWithinMs
  let isReported = false
  while (isAlive(holder) && Date.now() < until) {
    const running = await readRunning(config.dataDir)
    if (running?.pid === holder.pid)
      return whole(
        { redis: config.redis ?? running.redis, mysql: config.mysql ?? running.mysql },
        async () => undefined,
      )
    if (!isReported) say(`Waiting for the stores of "${holder.verb}" (process ${holder.pid})`)
    isReported = true
    await pause(lookEveryMs)
  }
  if (!isAlive(holder)) return openStores(config, say, use)
  throw new StoreError(
    `"${holder.verb}" (process ${holder.pid}) has locked ${config.dataDir}, but its stores are not running.`,
  )
}

interface Addresses {
  redis?: RedisAddress | undefined
  mysql?: MysqlAddress | undefined
}

function whole({ redis, mysql }: Addresses, stop: () => Promise<void>): Stores {
  if (redis === undefined || mysql === undefined)
    throw new StoreError(
      `The brook that is running here uses ${redis === undefined ? 'a REDIS_URL' : 'a MYSQL_URL'}; set the same one.`,
    )
  return { redis, mysql, stop }
}
