// The files of a data folder that tell where its stores are and how to enter them. 0600: they hold passwords.
import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { MysqlAddress, RedisAddress } from '../config.ts'

/** The stores that process `pid` has running here. */
export interface Running {
  pid: number
  redis: RedisAddress | undefined
  mysql: MysqlAddress | undefined
}

export interface Passwords {
  redis: string
  mariadb: string
}

const runningFile = (dataDir: string): string => path.join(dataDir, 'stores.json')

export const tellRunning = (dataDir: string, running: Running): Promise<void> =>
  writeWhole(runningFile(dataDir), running)

export const readRunning = (dataDir: string): Promise<Running | undefined> =>
  readIfThere<Running>(runningFile(dataDir))

export const forgetRunning = (dataDir: string): Promise<void> => rm(runningFile(dataDir), { force: true })

/** The passwords of this data folder's stores, made at the first start. */
export async function passwords(dataDir: string): Promise<Passwords> {
  const file = path.join(dataDir, 'passwords.json')
  const known = await readIfThere<Passwords>(file)
  if (known !== undefined) return known
  // Hex digits need no quoting in SQL, in redis.conf or in a URL.
  const made = { redis: randomBytes(24).toString('hex'), mariadb: randomBytes(24).toString('hex') }
  await writeWhole(file, made)
  return made
}

async function readIfThere<Content>(file: string): Promise<Content | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : (JSON.parse(text) as Content)
}

/** A file is there whole or not at all, whenever we are killed. */
async function writeWhole(file: string, content: Running | Passwords): Promise<void> {
  const half = `${file}.${process.pid}`
  await writeFile(half, JSON.stringify(content, null, 2) + '\n', { mode: 0o600 })
  await rename(half, file)
}
