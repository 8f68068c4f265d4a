// Where Redis remembers a cid: append.lua writes it with each entry, and a log that is started anew is given it back by MySQL;
// otherwise a resend of what is archived would be a second message. Sync forgets what is archived and old (see ArchiveReader).
import { cidTime } from '../protocol/cid.ts'
import type { Redis } from '../redis/client.ts'
import { archivedUse } from './cid-use.ts'
import type { Appended } from './entry.ts'
import { bucketMs, type Keys } from './keys.ts'

/** A cid that MySQL has, and the entry it stands for. */
export interface ArchivedCid extends KeptCid {
  user: string
  cid: string
}

/** The entry that a cid stands for. */
export interface KeptCid extends Appended {
  room: string
  kind: string
}

/** The span of time of a cid (see bucketMs). */
export const bucketOf = (cid: string): number => Math.floor(cidTime(cid) / bucketMs)

/** Where it stands in the hash of its bucket. */
export const fieldOf = (user: string, cid: string): string => `${user}:${cid}`

/** What append.lua answers and remembers. */
const appendedText = ({ seq, at, room, kind }: KeptCid): string => `${seq} ${at} ${archivedUse(room, kind)}`

/** Remembers what MySQL has. What Redis remembers already stays. */
export async function remember(redis: Redis, keys: Keys, archived: readonly ArchivedCid[]): Promise<void> {
  const commands = redis.pipeline()
  const buckets = new Map<number, number>()
  for (const one of archived) {
    const bucket = bucketOf(one.cid)
    commands.hsetnx(keys.cids(bucket), fieldOf(one.user, one.cid), appendedText(one))
    buckets.set(bucket, Math.max(one.at, (bucket + 1) * bucketMs, buckets.get(bucket) ?? 0))
  }
  for (const [bucket, ms] of buckets) commands.zadd(keys.cidBuckets, 'GT', ms, String(bucket))
  for (const [error] of (await commands.exec()) ?? []) if (error !== null) throw error
}

/** Of what was said before `since`, Redis may have forgotten the cid: MySQL is asked for it. */
export async function forgetBefore(redis: Redis, keys: Keys, since: number): Promise<void> {
  const forgotten = Number((await redis.get(keys.cidsForgotten)) ?? -1)
  await redis.set(keys.cidsForgotten, Math.max(forgotten, Math.floor(since / bucketMs)))
}
