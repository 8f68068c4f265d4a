// Where Redis remembers a cid, and until when: append.lua writes it with each entry, and a log that is started anew is
// given it back by MySQL, for else a resend of what is archived would be a second message.
import { cidTime } from '../protocol/cid.ts'
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis.ts'
import { bucketMs, type Keys } from './keys.ts'

/** A cid that MySQL has, and the entry it stands for. */
export interface ArchivedCid {
  user: string
  cid: string
  seq: number
  at: number
}

export interface CidPlace {
  key: string
  field: string
  /** Milliseconds since 1970. */
  keepUntil: number
}

export function cidPlace(keys: Keys, user: string, cid: string, now: number): CidPlace {
  const bucket = Math.floor(cidTime(cid) / bucketMs)
  // The same end for all of a bucket, so that it is set once; later only for a cid that came late.
  const bucketEnd = (bucket + 1) * bucketMs
  return {
    key: keys.cids(bucket),
    field: `${user}:${cid}`,
    keepUntil: Math.max(bucketEnd, now) + limits.cidWindowMs,
  }
}

/** What append.lua answers and remembers. */
export const appendedText = (seq: number, at: number): string => `${seq} ${at}`

/** Remembers what MySQL has. What Redis remembers already stays. */
export async function remember(redis: Redis, keys: Keys, archived: readonly ArchivedCid[]): Promise<void> {
  const now = Date.now()
  const commands = redis.pipeline()
  const buckets = new Map<string, number>()
  for (const { user, cid, seq, at } of archived) {
    const { key, field, keepUntil } = cidPlace(keys, user, cid, now)
    commands.hsetnx(key, field, appendedText(seq, at))
    buckets.set(key, Math.max(keepUntil, buckets.get(key) ?? 0))
  }
  for (const [key, keepUntil] of buckets) commands.pexpireat(key, keepUntil)
  for (const [error] of (await commands.exec()) ?? []) if (error !== null) throw error
}
