// A Redis and a MariaDB for one test file, with the tables in place, removed without a trace by stop().
// TEST_MYSQLD=FILE: a MySQL, by this server program, in place of the MariaDB. TEST_LEAST_RIGHTS=on: every Brook that a test
// starts has the accounts of docs/OPERATING.md; the test itself keeps all rights.
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { MysqlAddress, RedisAddress } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { migrate } from '../../server/migrate.ts'
import type { Recipe } from '../../server/stores/child.ts'
import {
  makeMariadbData,
  mariadbAddress,
  mariadbRecipe,
  type MariadbPlace,
} from '../../server/stores/mariadb.ts'
import { findMariadb, findRedis, systemShelf } from '../../server/stores/programs.ts'
import type { MariadbProgram, RedisProgram } from '../../server/stores/programs.ts'
import { redisRecipe } from '../../server/stores/redis.ts'
import { leastRights } from './least-rights.ts'
import { makeMysqlData, mysqlRecipe } from './mysql.ts'
import { StoreProcess } from './proc.ts'

export interface PrivateStores {
  redis: RedisAddress
  mysql: MysqlAddress
  /** What a Brook is given: the same stores, perhaps with fewer rights. */
  given: { redis: RedisAddress; mysql: MysqlAddress }
  /** Another user, who may create databases and set global variables; read_only does not bind it. */
  admin: MysqlAddress
  redisProcess: StoreProcess
  mariadbProcess: StoreProcess
  /** The folder that holds both; redis/appendonlydir and mariadb/data are under it. */
  folder: string
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
export const migrationsDir = path.join(root, 'migrations')

/** The server behind `mysql`: how its data folder is created, and how it is started. */
interface Database {
  /** Identifies the data folders that it creates. */
  version: () => Promise<string>
  make: (folder: string) => Promise<void>
  recipe: (place: MariadbPlace, sql: string[], args?: readonly string[]) => Promise<Recipe>
}

// Small files make the copy fast. 2: commits survive a kill of the process, which is all that tests do.
const quick = ['--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=2']

function ofMariadb(program: MariadbProgram): Database {
  const small = [
    '--innodb-log-file-size=4M',
    // Otherwise the first few statements make it grow from 12 to 76 MB, which are copied for each file of tests.
    '--innodb-data-file-path=ibdata1:5M:autoextend',
    '--innodb-autoextend-increment=1',
  ]
  return {
    version: () => versionOf(program.server, program.env),
    make: (folder) => makeMariadbData(program, folder, small),
    recipe: (place, sql, args = []) =>
      mariadbRecipe(program, place, { sql, args: [...small, ...quick, ...args] }),
  }
}

function ofMysql(mysqld: string): Database {
  const small = '--innodb-redo-log-capacity=8M'
  return {
    version: () => versionOf(mysqld, process.env),
    make: (folder) => makeMysqlData(mysqld, folder, [small]),
    recipe: (place, sql, args = []) => mysqlRecipe(mysqld, place, { sql, args: [small, ...quick, ...args] }),
  }
}

const versionOf = async (server: string, env: NodeJS.ProcessEnv): Promise<string> =>
  `${(await promisify(execFile)(server, ['--version'], { env })).stdout} ${server}`

export interface PrivateStoresOptions {
  /** More arguments for the database's server. */
  mysqlArgs?: readonly string[]
  /** Additions to Redis's environment. */
  redisEnv?: NodeJS.ProcessEnv
}

export async function privateStores(options: PrivateStoresOptions = {}): Promise<PrivateStores> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const programs = await storePrograms()
  const mysqld = process.env['TEST_MYSQLD']
  const database = mysqld === undefined ? ofMariadb(programs.mariadb) : ofMysql(mysqld)
  await mkdir(path.join(folder, 'mariadb'))
  await copy(await template(database), path.join(folder, 'mariadb/data'))
  const [redis, mariadb] = await Promise.all([
    startRedis(programs.redis, folder, options.redisEnv),
    startDatabase(database, folder, options),
  ])
  const whole = { redis: redis.address, mysql: mariadb.address }
  const admin = { ...mariadb.address, user: 'admin' }
  const isLeast = process.env['TEST_LEAST_RIGHTS'] === 'on'
  return {
    ...whole,
    given: isLeast ? await leastRights({ ...whole, admin, folder }) : whole,
    admin,
    redisProcess: redis.process,
    mariadbProcess: mariadb.process,
    folder,
    stop: async () => {
      await Promise.all([redis.process.stop(), mariadb.process.stop()])
      process.off('exit', remove)
      remove()
    },
  }
}

/** One more Redis, in its own folder. */
export async function privateRedis(): Promise<{
  address: RedisAddress
  process: StoreProcess
  stop(): Promise<void>
}> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  const redis = await startRedis((await storePrograms()).redis, folder)
  const stop = async (): Promise<void> => {
    await redis.process.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...redis, stop }
}

/** The store programs of this machine. */
export async function storePrograms(): Promise<{ redis: RedisProgram; mariadb: MariadbProgram }> {
  const redis = await findRedis(systemShelf())
  const mariadb = await findMariadb(systemShelf())
  if (redis === undefined || mariadb === undefined)
    throw new Error(
      'redis-server and mariadbd are needed; npm test, npm run bench and npm run torture fetch them',
    )
  return { redis, mariadb }
}

async function startRedis(program: RedisProgram, folder: string, env?: NodeJS.ProcessEnv) {
  const place = {
    folder: path.join(folder, 'redis'),
    socket: path.join(folder, 'r.sock'),
    password: randomBytes(16).toString('hex'),
  }
  const child = new StoreProcess(await redisRecipe(program, place), env)
  await child.start()
  return { address: { path: place.socket, password: place.password }, process: child }
}

async function startDatabase(
  database: Database,
  folder: string,
  { mysqlArgs = [] }: PrivateStoresOptions = {},
) {
  const password = randomBytes(16).toString('hex')
  const place = { folder: path.join(folder, 'mariadb'), socket: path.join(folder, 'm.sock'), password }
  const child = new StoreProcess(
    await database.recipe(
      place,
      [
        `CREATE USER IF NOT EXISTS 'admin'@'localhost' IDENTIFIED BY '${password}'`,
        `ALTER USER 'admin'@'localhost' IDENTIFIED BY '${password}'`,
        `GRANT ALL ON *.* TO 'admin'@'localhost' WITH GRANT OPTION`,
      ],
      mysqlArgs,
    ),
  )
  await child.start()
  return { address: mariadbAddress(place), process: child }
}

/**
 * A data folder with the tables in place. It is made once for these migrations and this database, and copied. Two
 * workers may make it at the same time; a single rename gives it its name, and the second one is dropped.
 */
async function template(database: Database): Promise<string> {
  const cache = path.join(root, 'node_modules/.cache/brook')
  const finished = path.join(cache, `mariadb-${await fingerprint(database)}`)
  if (existsSync(finished)) return finished
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-template-'))
  const half = await mkdtemp(path.join(cache, 'half-'))
  try {
    await database.make(path.join(folder, 'mariadb'))
    const mariadb = await startDatabase(database, folder)
    const db = new Db(mariadb.address, 1)
    await migrate(db, migrationsDir).finally(() => db.close())
    await mariadb.process.kill('SIGTERM')
    await copy(path.join(folder, 'mariadb/data'), path.join(half, 'data'))
    await rename(path.join(half, 'data'), finished).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    return finished
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(half, { recursive: true, force: true })
  }
}

async function fingerprint(database: Database): Promise<string> {
  const hash = createHash('sha256').update(await database.version())
  const own = [fileURLToPath(import.meta.url), path.join(root, 'server/migrate.ts')]
  const names = (await readdir(migrationsDir)).filter((name) => /^\d/.test(name)).sort()
  for (const file of [...own, ...names.map((name) => path.join(migrationsDir, name))])
    hash.update(file).update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

/** `fs.cp` takes a third of a second of CPU for these hundreds of files, `cp` a tenth of it. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-R', '--reflink=auto', from, to])
