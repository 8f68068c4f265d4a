// Whether a shard's log in Redis is the one that MySQL knows, and how it is started anew when it is not: wiped, rolled
// back, or first used. Sends fail closed until the new epoch is written, which comes last.
import { randomBytes } from 'node:crypto'
import type { Redis } from '../redis/client.ts'
import { limits } from '../protocol/limits.ts'
import { forgetBefore, remember, type ArchivedCid, type KeptCid } from './cid-memory.ts'
import { claimRedis } from '../redis/claim.ts'
import { dropAll } from '../redis/cache.ts'
import { compareIds, formatStreamId, parseStreamId, type StreamId } from './entry.ts'
import { group, keysOf, type Keys } from './keys.ts'
import { readRemains, type Head, type HighestIds, type Lost } from './remains.ts'

/** What MySQL knows of a shard: given by history/. */
export interface Archive {
  checkpoint(shard: number): Promise<{ epoch: string; id: StreamId } | undefined>
  /** The highest number of each room of the shard, and when it was given. */
  heads(shard: number): Promise<Map<string, Head>>
  /** The cids of messages in these rooms said since a time, page by page, to be remembered by a log without memory. */
  cids(rooms: Iterable<string>, since: number): AsyncIterable<ArchivedCid[]>
  /** What somebody sent under a cid, at any age; undefined when there is none. Throws when MySQL cannot tell. */
  findCid(userId: string, cid: string): Promise<KeptCid | undefined>
  /** Writes the epoch beside the checkpoint; the checkpoint itself stays. */
  saveEpoch(shard: number, epoch: string): Promise<void>
  /** Whoever has read a log further than `last` reads on from there: what it read beyond is lost. */
  readFrom(shard: number, last: StreamId): Promise<void>
  /** The id of the installation whose archive it is. */
  installation(): Promise<string>
  /** From now on people and rooms get ids above these: none is given twice. */
  raiseIds(highest: HighestIds): Promise<void>
  /** Tells an operator, and whoever asks later, that the log is started anew. */
  startedAnew(shard: number, what: StartedAnew): Promise<void>
  /** Runs `work` while no other process recovers this shard. `lost` is aborted when another one may do so. */
  alone<T>(shard: number, work: (lost: AbortSignal) => Promise<T>): Promise<T>
}

/** What a process has read of the log and told its browsers. A log of the same epoch that has less was rolled back. */
export interface Read {
  epoch: string
  position: StreamId
  /** The log has given a number again. */
  isContradicted: boolean
}

/** Why the log is started anew, in words for an operator, and what is lost for good. */
export interface StartedAnew {
  why: string
  lost: readonly Lost[]
}

/** Undefined as `why`: the log is used for the first time. */
type Found = { epoch: string } | { why: string | undefined }

/** A sound log: Redis and MySQL agree on its epoch, and neither ends before what the other, or a reader, knows of it. */
async function examine(redis: Redis, keys: Keys, archive: Archive, read: Read | undefined): Promise<Found> {
  // Before the checkpoint is read: sync moves that first, so what Redis has heard of it is never ahead.
  const archived = parseStreamId((await redis.get(keys.archived)) ?? '0-0')
  const [epoch, known, last] = await Promise.all([
    redis.get(keys.epoch),
    archive.checkpoint(keys.shard),
    lastId(redis, keys),
  ])
  if (compareIds(archived, known?.id ?? { ms: 0, n: 0 }) > 0)
    return { why: 'MySQL was rolled back: Redis was archived further than MySQL knows' }
  if (epoch === null && known === undefined) return { why: undefined }
  if (epoch === null)
    return { why: last === undefined ? 'Redis was wiped' : 'Redis has lost the epoch of the log' }
  if (known?.epoch !== epoch) return { why: 'Redis and MySQL know different epochs: one of them is older' }
  if (last === undefined || compareIds(last, known.id) < 0)
    return { why: 'Redis was rolled back: the log ends before what MySQL has of it' }
  if (read?.epoch === epoch && (read.isContradicted || compareIds(last, read.position) < 0))
    return { why: 'Redis was rolled back: the log ends before what was read of it' }
  return { epoch }
}

/** The id of the newest entry there ever was, or undefined when there is no such stream. */
export async function lastId(redis: Redis, keys: Keys): Promise<StreamId | undefined> {
  if ((await redis.exists(keys.log)) === 0) return undefined
  const info = (await redis.xinfo('STREAM', keys.log)) as (string | number)[]
  return parseStreamId(String(info[info.indexOf('last-generated-id') + 1]))
}

export interface OpenEpoch {
  /** What this process has read of it. */
  read?: Read | undefined
  /** RedisProvider.common: undefined where it is the Redis that has the shard. */
  common?: Redis | undefined
}

/** The epoch of the shard's log; starts the log anew first when it is not sound. Throws when a store is away. */
export async function openEpoch(
  redis: Redis,
  shard: number,
  archive: Archive,
  { read, common = redis }: OpenEpoch = {},
): Promise<string> {
  const keys = keysOf(shard)
  const found = await examine(redis, keys, archive, read)
  if ('epoch' in found) return found.epoch
  return archive.alone(keys.shard, async (lost) => {
    const again = await examine(redis, keys, archive, read)
    return 'epoch' in again
      ? again.epoch
      : startAnew({ redis, common }, keys, { archive, why: again.why, lost })
  })
}

async function startAnew(
  { redis, common }: { redis: Redis; common: Redis },
  keys: Keys,
  { archive, why, lost: taken }: { archive: Archive; why: string | undefined; lost: AbortSignal },
): Promise<string> {
  // A Redis that belongs to another Brook is left alone.
  await claimRedis(common, await archive.installation())
  // 1. Nobody appends: every writer's epoch is wrong from here on.
  await redis.del(keys.epoch)
  // 2. No sync that read the old log commits: from here on MySQL's numbers stand still. A crash from here to the end is
  //    found unsound again, for Redis has no epoch.
  const epoch = randomBytes(9).toString('base64url')
  await archive.saveEpoch(keys.shard, epoch)
  // 3. The stream goes on above what MySQL has, and sync reads it from the checkpoint.
  const checkpoint = (await archive.checkpoint(keys.shard))?.id ?? { ms: 0, n: 0 }
  const from = formatStreamId(checkpoint)
  await redis.xgroup('CREATE', keys.log, group, from, 'MKSTREAM').catch(onlyIfBusy)
  await redis.xgroup('SETID', keys.log, group, from)
  const last = await lastId(redis, keys)
  const isBehind = last === undefined || compareIds(last, checkpoint) < 0
  if (isBehind) await redis.xsetid(keys.log, from)
  await archive.readFrom(keys.shard, isBehind ? checkpoint : last)
  // 4. Numbers go on above MySQL's, and above what the log holds or has given that MySQL does not have; so do ids.
  const heads = await archive.heads(keys.shard)
  const { lost, highest } = await readRemains(redis, keys, checkpoint, heads)
  await archive.raiseIds(highest)
  for (const [room, { seq, at }] of heads) {
    const now = Number((await redis.hget(keys.numbers, room)) ?? 0)
    if (seq <= now) continue
    await redis.hset(keys.numbers, room, seq)
    await redis.hset(keys.times, room, at)
  }
  // 5. What MySQL has and the log may have forgotten is remembered, so that a resend is no second message.
  const since = Math.min(Date.now(), checkpoint.ms || Infinity) - 2 * limits.cidWindowMs
  await forgetBefore(redis, keys, since)
  for await (const page of archive.cids(heads.keys(), since)) await remember(redis, keys, page)
  // 6. What is cached of people, rooms and webhooks may be of another time.
  await dropAll(common, ['session:', 'room', 'hook:'])
  if (why !== undefined) await archive.startedAnew(keys.shard, { why, lost })
  // Whoever was frozen until here, and has another do this meanwhile, names no epoch.
  taken.throwIfAborted()
  // 7. How far the archive reaches, for the log may remember less; and the new epoch, last.
  await redis.set(keys.archived, from)
  await redis.set(keys.epoch, epoch)
  return epoch
}

/** BUSYGROUP: the group is there, which is what was wanted. */
function onlyIfBusy(error: Error): void {
  if (!error.message.startsWith('BUSYGROUP')) throw error
}
