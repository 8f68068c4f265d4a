// The files in a data folder with the addresses and passwords of its stores. Mode 0600.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { MysqlAddress, RedisAddress } from '../config.ts'

/** The stores that process `pid` is running in this folder. */
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

/** Whether there are stores of a Brook in this data folder, or were. `mysql`: the external one, if there is one. */
export const hasBegun = ({ dataDir, mysql }: { dataDir: string; mysql: MysqlAddress | undefined }): boolean =>
  existsSync(runningFile(dataDir)) ||
  existsSync(path.join(dataDir, mysql === undefined ? 'mariadb/data' : 'passwords.json'))

export const publishRunning = (dataDir: string, running: Running): Promise<void> =>
  writeWhole(runningFile(dataDir), running)

export const readRunning = (dataDir: string): Promise<Running | undefined> =>
  readIfThere<Running>(runningFile(dataDir))

export const removeRunning = (dataDir: string): Promise<void> => rm(runningFile(dataDir), { force: true })

/** The passwords of this data folder's stores, generated at the first start. */
export async function passwords(dataDir: string): Promise<Passwords> {
  const file = path.join(dataDir, 'passwords.json')
  const known = await readIfThere<Passwords>(file)
  if (known !== undefined) return known
  // Hex digits need no quoting in SQL, in redis.conf or in a URL.
  const made = { redis: randomBytes(24).toString('hex'), mariadb: randomBytes(24).toString('hex') }
  await writeWhole(file, made)
  return made
}

/** Undefined if it is not there, or unreadable, as after a power cut: what is in it is made anew at each start. */
async function readIfThere<Content>(file: string): Promise<Content | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Content
  } catch {
    return undefined
  }
}

/** The file is complete or absent, whenever we are killed. */
async function writeWhole(file: string, content: Running | Passwords): Promise<void> {
  const half = `${file}.${process.pid}`
  await writeFile(half, JSON.stringify(content, null, 2) + '\n', { mode: 0o600, flush: true })
  await rename(half, file)
}
