// The small cache of what MySQL has: values with a version, and counters. It may forget at any time, and never throws.
import { randomUUID } from 'node:crypto'
import type { Redis } from './client.ts'

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
  count(key: string, ttlMs: number): Promise<Counted | undefined>
  /** Takes one count back. */
  uncount(key: string): Promise<void>
  /** What a counter is at; undefined when Redis is away. */
  counted(key: string): Promise<Counted | undefined>
}

export interface Counted {
  count: number
  endsInMs: number
}

/** A read that takes longer than this might be shared across a drop. */
const versionMs = 10 * 60_000

const valuePrefix = 'brook:cache:{'

/** A counter that has ended meanwhile has nothing to take back. With the rights of `count`: DECR would be one more. */
const takeBack = `local left = redis.call('PTTL', KEYS[1])
if left > 0 then redis.call('SET', KEYS[1], redis.call('GET', KEYS[1]) - 1, 'PX', left) end`

const setInVersion = `if (redis.call('GET', KEYS[2]) or '') == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end`

export function redisCache(redis: Redis): Cache {
  const key = (name: string): string => `${valuePrefix}${name}}`
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
      return readCounted(answers?.slice(1))
    },
    uncount: async (name) => {
      await redis.eval(takeBack, 1, key(name)).catch(() => undefined)
    },
    counted: async (name) => {
      const asked = redis.multi().get(key(name)).pttl(key(name)).exec()
      return readCounted(await asked.catch(() => null))
    },
  }
}

/** What a counter and its time to live were answered as. */
function readCounted(
  answers: [error: Error | null, value: unknown][] | null | undefined,
): Counted | undefined {
  const [count, endsInMs] = (answers ?? []).map(([, value]) => Number(value))
  return count === undefined || endsInMs === undefined ? undefined : { count, endsInMs }
}

/**
 * Forgets every value whose name begins with one of these. For a MySQL that is not the one it was: what the cache has of it
 * may be somebody else's by now. `redis`: RedisProvider.common. @throws what Redis says that is away
 */
export async function dropAll(redis: Redis, beginnings: readonly string[]): Promise<void> {
  const cache = redisCache(redis)
  // Trap: ioredis puts the prefix before keys, and not before patterns and what they find.
  const prefix = `${redis.options.keyPrefix ?? ''}${valuePrefix}`
  for (const beginning of beginnings) {
    for (let cursor = '0'; ;) {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}${beginning}*`, 'COUNT', scanned)
      const dropped = await Promise.all(keys.map((key) => cache.drop(key.slice(prefix.length, -1))))
      if (dropped.includes(false)) throw new Error('the cache could not be dropped')
      if (next === '0') break
      cursor = next
    }
  }
}

/** Keys of one step: some 2 ms of Redis. */
const scanned = 1_000
