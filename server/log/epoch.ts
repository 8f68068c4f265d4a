// Whether a shard's log in Redis is the one that MySQL knows, and how it is started anew when it is not: wiped, rolled
// back, or first used. Sends fail closed until the new epoch is written, which comes last.
import { randomBytes } from 'node:crypto'
import type { Redis } from '../redis.ts'
import { limits } from '../protocol/limits.ts'
import { remember, type ArchivedCid } from './cid-memory.ts'
import { compareIds, formatStreamId, parseStreamId, type StreamId } from './entry.ts'
import { readThrough } from './follow.ts'
import { group, keysOf, type Keys } from './keys.ts'

/** A room's newest number, and its time in milliseconds since 1970. */
export interface Head {
  seq: number
  at: number
}

/** What MySQL knows of a shard: given by history/. */
export interface Archive {
  checkpoint(shard: number): Promise<{ epoch: string; id: StreamId } | undefined>
  /** The highest number of each room of the shard, and when it was given. */
  heads(shard: number): Promise<Map<string, Head>>
  /** The cids of messages in these rooms said since a time, page by page, to be remembered by a log without memory. */
  cids(rooms: Iterable<string>, since: number): AsyncIterable<ArchivedCid[]>
  /** Writes the epoch beside the checkpoint; the checkpoint itself stays. */
  saveEpoch(shard: number, epoch: string): Promise<void>
  /** Runs `work` while no other process recovers this shard. */
  alone<T>(shard: number, work: () => Promise<T>): Promise<T>
}

/** What a process has read of the log and told its browsers. A log of the same epoch that has less was rolled back. */
export interface Read {
  epoch: string
  position: StreamId
  /** The log has given a number again. */
  isContradicted: boolean
}

/** The epoch of a sound log: Redis and MySQL agree on it, and it does not end before the checkpoint or what was read. */
async function soundEpoch(
  redis: Redis,
  keys: Keys,
  archive: Archive,
  read: Read | undefined,
): Promise<string | undefined> {
  const [epoch, known] = await Promise.all([redis.get(keys.epoch), archive.checkpoint(keys.shard)])
  if (epoch === null || known?.epoch !== epoch) return undefined
  const last = await lastId(redis, keys)
  if (last === undefined || compareIds(last, known.id) < 0) return undefined
  if (read?.epoch !== epoch) return epoch
  return read.isContradicted || compareIds(last, read.position) < 0 ? undefined : epoch
}

/** The id of the newest entry there ever was, or undefined when there is no such stream. */
export async function lastId(redis: Redis, keys: Keys): Promise<StreamId | undefined> {
  if ((await redis.exists(keys.log)) === 0) return undefined
  const info = (await redis.xinfo('STREAM', keys.log)) as (string | number)[]
  return parseStreamId(String(info[info.indexOf('last-generated-id') + 1]))
}

/** The epoch of the shard's log; starts the log anew first when it is not sound. Throws when a store is away. */
export async function openEpoch(redis: Redis, shard: number, archive: Archive, read?: Read): Promise<string> {
  const keys = keysOf(shard)
  const sound = await soundEpoch(redis, keys, archive, read)
  if (sound !== undefined) return sound
  return archive.alone(
    keys.shard,
    async () => (await soundEpoch(redis, keys, archive, read)) ?? startAnew(redis, keys, archive),
  )
}

async function startAnew(redis: Redis, keys: Keys, archive: Archive): Promise<string> {
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
  if (last !== undefined && compareIds(last, checkpoint) < 0) await redis.xsetid(keys.log, from)
  // 4. Numbers go on above MySQL's, and above what the log holds that MySQL does not have yet.
  const heads = await archive.heads(keys.shard)
  for await (const entries of readThrough(redis, keys, checkpoint))
    for (const { room, seq, id } of entries)
      if (seq > (heads.get(room)?.seq ?? 0)) heads.set(room, { seq, at: id.ms })
  for (const [room, { seq, at }] of heads) {
    const now = Number((await redis.hget(keys.numbers, room)) ?? 0)
    if (seq <= now) continue
    await redis.hset(keys.numbers, room, seq)
    await redis.hset(keys.times, room, at)
  }
  // 5. What MySQL has and the log may have forgotten is remembered, so that a resend is no second message.
  for await (const page of archive.cids(heads.keys(), Date.now() - 2 * limits.cidWindowMs))
    await remember(redis, keys, page)
  // 6. How far the archive reaches, for the log may remember less; and the new epoch, last.
  await redis.set(keys.archived, from)
  await redis.set(keys.epoch, epoch)
  return epoch
}

/** BUSYGROUP: the group is there, which is what was wanted. */
function onlyIfBusy(error: Error): void {
  if (!error.message.startsWith('BUSYGROUP')) throw error
}
