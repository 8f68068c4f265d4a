// The embedded Redis: its settings and its health check. Acknowledged means fsynced.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Redis } from 'ioredis'
import type { OneRedis } from '../config-redis.ts'
import type { Recipe } from './child.ts'
import type { RedisProgram } from './programs.ts'

export interface RedisPlace {
  /** Contains its data, settings, log and pid file. */
  folder: string
  socket: string
  password: string
}

/** Writes redis.conf (mode 0600: it contains the password, which must not be in a command line) and returns the recipe. */
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
    // The next start identifies a leftover by its command line (leftover.ts), which Redis would otherwise rewrite.
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

/**
 * Throws unless it answers PING with PONG; while it loads its append-only file it refuses with LOADING. `also`: what else is
 * asked on the same connection.
 */
export async function askRedis(
  address: OneRedis,
  timeoutMs = 1_000,
  also?: (redis: Redis) => Promise<void>,
): Promise<void> {
  const options = {
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
  }
  const redis =
    'url' in address
      ? new Redis(address.url, options)
      : new Redis({
          path: address.path,
          password: address.password,
          ...(address.username === undefined ? {} : { username: address.username }),
          ...options,
        })
  // Trap: a command that fails says "Connection is closed"; the cause is only in the error event.
  let cause: Error | undefined
  redis.on('error', (error: Error) => {
    cause ??= error
  })
  try {
    await redis.connect()
    await redis.ping()
    await also?.(redis)
  } catch (error) {
    throw cause ?? error
  } finally {
    redis.disconnect()
  }
}
