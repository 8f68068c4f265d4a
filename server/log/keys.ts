// The names of a shard's keys in Redis. All share the hash tag {brook:S}, so Redis Cluster keeps a shard together.
import { shardTag } from '../redis/slots.ts'

export interface Keys {
  shard: number
  log: string
  numbers: string
  times: string
  epoch: string
  /** How far the archive reaches, as a stream id: a hint for the tails; the truth is in MySQL. */
  archived: string
  /** The highest id of a person who has said or done something in what was archived. */
  people: string
  /** Entries that MySQL refused by their content, with the reason. */
  dead: string
  /** What sync last did, for /metrics of other processes. */
  sync: string
  /** The spans of time that have cids, each with the later of its end and its newest entry, in ms since 1970. */
  cidBuckets: string
  /** The newest of them that was forgotten: of it, and of those before, Redis may not know what MySQL has. */
  cidsForgotten: string
  /** The cids of one span of time (see bucketMs). */
  cids(bucket: number): string
}

/** The consumer group of sync on every shard's log. */
export const group = 'archive'

/** Cids are remembered in one hash per span of their own time, so that they are forgotten together. */
export const bucketMs = 10 * 60_000

export function keysOf(shard: number): Keys {
  const key = (name: string): string => `${shardTag(shard)}:${name}`
  return {
    shard,
    log: key('log'),
    numbers: key('numbers'),
    times: key('times'),
    epoch: key('epoch'),
    archived: key('archived'),
    people: key('people'),
    dead: key('dead'),
    sync: key('sync'),
    cidBuckets: key('buckets'),
    cidsForgotten: key('forgotten'),
    cids: (bucket) => key(`cids:${bucket}`),
  }
}
