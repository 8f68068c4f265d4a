// The embedded Redis: its settings, and the question it must answer. Acknowledged means fsynced.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Redis } from 'ioredis'
import type { RedisAddress } from '../config.ts'
import type { Recipe } from './child.ts'
import type { RedisProgram } from './programs.ts'

export interface RedisPlace {
  /** Holds its data, settings, log and pid. */
  folder: string
  socket: string
  password: string
}

/** Writes redis.conf (0600: it holds the password, which must not stand in a command line) and says how to start. */
export async function redisRecipe(program: RedisProgram, place: RedisPlace): Promise<Recipe> {
  const { folder, socket, password } = place
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const settings: [name: string, value: string][] = [
    ['port', '0'],
    ['unixsocket', socket],
    ['unixsocketperm', '700'],
    ['requirepass', password],
    ['dir', folder],
    ['save', ''],
    ['appendonly', 'yes'],
    ['appendfsync', 'always'],
    ['maxmemory-policy', 'noeviction'],
    // The next start knows a leftover by its command line (leftover.ts), which Redis would otherwise rewrite.
    ['set-proc-title', 'no'],
  ]
  const conf = path.join(folder, 'redis.conf')
  const lines = settings.map(([name, value]) => `${name} ${JSON.stringify(value)}\n`)
  await writeFile(conf, lines.join(''), { mode: 0o600 })
  return {
    name: 'Redis',
    command: program.server,
    args: [conf],
    env: program.env,
    logFile: path.join(folder, 'redis.log'),
    pidFile: path.join(folder, 'redis.pid'),
    mark: conf,
    ask: () => askRedis({ path: socket, password }),
  }
}

/** Throws unless it answers PING with PONG; while it still loads its log it refuses with LOADING. */
export async function askRedis(address: RedisAddress, timeoutMs = 1_000): Promise<void> {
  const options = {
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
  }
  const redis = 'url' in address ? new Redis(address.url, options) : new Redis({ ...address, ...options })
  // Trap: a command that fails says "Connection is closed"; why stands only in the error event.
  let cause: Error | undefined
  redis.on('error', (error: Error) => {
    cause ??= error
  })
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    throw cause ?? error
  } finally {
    redis.disconnect()
  }
}
