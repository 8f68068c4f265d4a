// Connections to Redis, one per use, and the small cache of what MySQL has. Streams belong to log/.
import { randomUUID } from 'node:crypto'
import { Redis, type RedisOptions } from 'ioredis'
import type { RedisAddress } from './config.ts'

export type { Redis } from 'ioredis'

type Options = Omit<RedisOptions, 'replyMapping'>

/**
 * A writer: nothing is queued while Redis is away and nothing is sent twice behind our back.
 * Trap: with its defaults ioredis repeats an XADD whose reply was lost; with autoResend off alone, the promise never
 * settles. So commands have a timeout, and a timeout means unknown.
 */
export const writerOptions = (commandTimeoutMs?: number): Options => ({
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
})

/**
 * A reader that blocks (up to 2 s): a lost connection fails its read at once, and its own loop asks again from its own
 * position. The timeout stands above the blocking time.
 */
export const readerOptions: Options = writerOptions(6_000)

/** A subscriber, which its owner subscribes after each connect (see bus.ts). */
export const subscriberOptions: Options = { ...writerOptions(2_000), autoResubscribe: false }

const reconnectMs = (attempt: number): number =>
  Math.min(50 * 2 ** Math.min(attempt, 5), 1_000) * (0.5 + Math.random() / 2)

/** A lazily connecting client. Connection errors are told to `onError`; commands fail by themselves. */
export function connectRedis(
  address: RedisAddress,
  options: Options,
  onError: (error: Error) => void = () => undefined,
): Redis {
  const all: Options = {
    ...options,
    connectTimeout: 2_000,
    keepAlive: 10_000,
    retryStrategy: reconnectMs,
  }
  const redis =
    'url' in address
      ? new Redis(address.url, all)
      : new Redis({ ...all, path: address.path, password: address.password })
  redis.on('error', onError)
  // Every send that waits for a reconnect listens for it; there may be hundreds.
  redis.setMaxListeners(0)
  return redis
}

/** Resolves when the client is ready, or rejects after `withinMs` saying what it last heard. */
export async function whenReady(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status === 'ready') return
  await new Promise<void>((resolve, reject) => {
    let last = 'no answer'
    const hear = (error: Error): void => {
      last = error.message
    }
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      redis.off('ready', ready).off('error', hear)
      settle()
    }
    const ready = (): void => end(resolve)
    const timer = setTimeout(() => end(() => reject(new Error(`Redis did not answer: ${last}`))), withinMs)
    redis.on('ready', ready).on('error', hear)
  })
}

/** What MySQL knows, kept near for when MySQL is slow or away. It may forget at any time, and never throws. */
export interface Cache {
  get(key: string): Promise<string | undefined>
  /**
   * Keeps a value, or that there is none. `version`: what `version` gave before it was read; with another one by now, it
   * is not kept, which is no failure. False when Redis could not be told.
   */
  set(key: string, value: string | undefined, ttlMs: number, version: string | undefined): Promise<boolean>
  /** Forgets, in a new version; false when Redis could not be told, so that the old value may live until its time ends. */
  drop(key: string): Promise<boolean>
  /** Another one after each drop, never the same again. Undefined without a drop for a while, and while Redis is away. */
  version(key: string): Promise<string | undefined>
  /** Adds one to a counter that ends `ttlMs` after its first count; undefined when Redis is away. */
  count(key: string, ttlMs: number): Promise<{ count: number; endsInMs: number } | undefined>
}

/** A read that takes longer than this might be shared across a drop. */
const versionMs = 10 * 60_000

const setInVersion = `if (redis.call('GET', KEYS[2]) or '') == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end`

export function redisCache(redis: Redis): Cache {
  const key = (name: string): string => `brook:cache:{${name}}`
  const versionKey = (name: string): string => `brook:version:{${name}}`
  return {
    get: async (name) => (await redis.get(key(name)).catch(() => null)) ?? undefined,
    set: async (name, value, ttlMs, version = '') => {
      const told: Promise<unknown> =
        value === undefined
          ? redis.del(key(name))
          : redis.eval(setInVersion, 2, key(name), versionKey(name), version, value, ttlMs)
      return told.then(
        () => true,
        () => false,
      )
    },
    drop: async (name) =>
      redis
        .multi()
        .del(key(name))
        .set(versionKey(name), randomUUID(), 'PX', versionMs)
        .exec()
        .then(
          () => true,
          () => false,
        ),
    version: async (name) => (await redis.get(versionKey(name)).catch(() => null)) ?? undefined,
    count: async (name, ttlMs) => {
      const answers = await redis
        .multi()
        .set(key(name), 0, 'PX', ttlMs, 'NX')
        .incr(key(name))
        .pttl(key(name))
        .exec()
        .catch(() => null)
      if (answers === null) return undefined
      const [, count, endsIn] = answers.map(([, value]) => Number(value))
      return count === undefined || endsIn === undefined ? undefined : { count, endsInMs: endsIn }
    },
  }
}
