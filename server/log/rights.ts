// What Brook needs to be allowed in Redis (docs/OPERATING.md has the same as an ACL), and why Redis refuses, in words for an
// operator: without addresses and names, because probes may show them to anybody.
import type { Redis } from '../redis/client.ts'
import { group, keysOf } from './keys.ts'

/** Each command that Brook uses, on keys or channels of each kind. */
const needed = (replicas: number): string[][] => {
  const { log, numbers, cids } = keysOf(0)
  const cached = 'brook:cache:{}'
  const queue = '{brook:rpc}:'
  return [
    ...(replicas === 0 ? [] : [['wait', '0', '1']]),
    ['info', 'memory'],
    ['time'],
    ['client', 'id'],
    ['client', 'unblock', '0'],
    ['scan', '0'],
    ['get', cached],
    ['set', 'brook:version:{}', ''],
    ['del', cached],
    ['exists', log],
    ['incr', cached],
    ['pttl', cached],
    ['pexpire', queue, '1'],
    ['persist', cids(0)],
    ['unlink', cids(0)],
    ['hget', numbers, ''],
    ['hset', numbers, '', ''],
    ['hsetnx', cids(0), '', ''],
    ['hdel', queue, ''],
    ['hexists', queue, ''],
    ['hmget', queue, ''],
    ['hgetall', numbers],
    ['hincrby', numbers, '', '1'],
    ['lpush', queue, ''],
    ['rpush', queue, ''],
    ['blpop', queue, '0'],
    ['lrem', queue, '0', ''],
    ['llen', queue],
    ['zadd', queue, '0', ''],
    ['zrem', queue, ''],
    ['zscore', queue, ''],
    ['zcard', queue],
    ['zrangebyscore', queue, '0', '0'],
    ['zremrangebyscore', queue, '0', '0'],
    ['xadd', log, '*', '', ''],
    ['xlen', log],
    ['xrange', log, '-', '+'],
    ['xrevrange', log, '+', '-'],
    ['xread', 'streams', log, '0'],
    ['xreadgroup', 'group', group, '-', 'streams', log, '>'],
    ['xgroup', 'create', log, group, '0'],
    ['xgroup', 'setid', log, group, '0'],
    ['xack', log, group, '0-1'],
    ['xautoclaim', log, group, '-', '0', '0'],
    ['xpending', log, group],
    ['xtrim', log, 'minid', '0'],
    ['xdel', log, '0-1'],
    ['xsetid', log, '0-1'],
    ['xinfo', 'stream', log],
    ['xinfo', 'groups', log],
    ['eval', '', '1', log],
    ['evalsha', '', '1', queue],
    ['publish', 'brook:passing', ''],
    ['publish', '{brook:rpc}:to:', ''],
  ]
}

/**
 * Asks Redis for everything that Brook will ask for, in a transaction that is discarded: rights are checked when a command is
 * queued. In a cluster the node may have none of these keys, which is asked after the rights. `redis`: a connection of its own, which
 * ends after this. `replicas`: as REDIS_REPLICAS. @throws the refusal
 */
export async function checkRights(redis: Redis, replicas = 0): Promise<void> {
  // Trap: without MULTI, what follows would be done.
  await inOrder(redis, [['multi'], ['exec']])
  await inOrder(redis, [['multi'], ...needed(replicas), ['discard']])
  await redis.subscribe('brook:passing', '{brook:rpc}:to:')
}

/** Throws when Redis takes no writes: a write in a script that changes nothing. */
export async function checkWrites(redis: Redis, shard: number): Promise<void> {
  await redis.eval("return redis.call('HDEL', KEYS[1], '')", 1, keysOf(shard).times)
}

/** Sent at once, so that nothing comes between; @throws the first refusal. */
async function inOrder(redis: Redis, commands: string[][]): Promise<void> {
  const answers = await Promise.allSettled(
    commands.map(([name = '', ...words]) => redis.call(name, ...words)),
  )
  for (const answer of answers)
    if (
      answer.status === 'rejected' &&
      isRefusal(answer.reason as Error) &&
      !isElsewhere(answer.reason as Error)
    )
      throw answer.reason
}

const isElsewhere = ({ message }: Error): boolean => /^(MOVED|ASK|TRYAGAIN|CROSSSLOT)/.test(message)

const refusals: readonly (readonly [RegExp, string])[] = [
  [/^READONLY/, 'Redis is a read-only replica'],
  [/max number of clients/, 'Redis takes no more connections (maxclients)'],
  [/^MISCONF/, 'Redis cannot write to its disk'],
  [/^NOREPLICAS/, 'Redis has too few replicas'],
  [/^(MASTERDOWN|CLUSTERDOWN)/, 'Redis has no primary'],
  [/^(MOVED|ASK|TRYAGAIN)/, 'a part of Redis is being moved to another node'],
  [/^(NOAUTH|WRONGPASS)/, 'Redis rejects the user or the password'],
  [/one of the keys/, 'the user in Redis has no right to the keys brook:* and {brook:*'],
  [/one of the channels/, 'the user in Redis has no right to the channels brook:* and {brook:*'],
]

/** Why Redis refuses, as the part of a sentence; undefined: it does not, it is away or busy. */
export function whyRedisRefuses({ message }: Error): string | undefined {
  const command = /NOPERM .*'([^']+)' (?:sub)?command/.exec(message)?.[1]
  if (command !== undefined)
    return `the user in Redis has no right to ${command.replace('|', ' ').toUpperCase()}`
  return refusals.find(([shape]) => shape.test(message))?.[1]
}

/** Redis has refused a command and done nothing of it; the same command may do in a moment. `message`: what it says. */
export const isRefusedForNow = (message: string): boolean =>
  /^(LOADING|READONLY|NOPERM|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK)/.test(message)

/** True when Redis, or a script in it, has refused a command for now, whatever it was. */
export const isRefusal = (error: Error): boolean => whyRedisRefuses(error) !== undefined
