// Sync's side of a shard's log: what is pending, what is new, what may be forgotten. The truth is MySQL's checkpoint;
// XACK is housekeeping.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis/client.ts'
import { entriesOf, type EntryArray, type RawEntry } from '../redis/stream-reads.ts'
import { compareIds, formatStreamId, parseStreamId, type StreamId } from './entry.ts'
import { root } from '../root.ts'
import { group, keysOf, type Keys } from './keys.ts'

/** One consumer name for every sync: the lease lets only one read at a time, and it inherits what another left. */
const consumer = 'sync'

const forgetScript = readFileSync(path.join(root, 'server/log/forget-cids.lua'), 'utf8')
/** An import has made thousands. */
const forgottenAtOnce = 1_000

export interface Backlog {
  /** Entries in the stream, archived ones included. */
  length: number
  /** Read by sync and not acknowledged. */
  pending: number
  /** Not read by sync; undefined when Redis cannot tell. */
  lag: number | undefined
}

export class ArchiveReader {
  readonly #redis: Redis
  readonly #keys: Keys

  constructor(redis: Redis, shard: number) {
    this.#redis = redis
    this.#keys = keysOf(shard)
  }

  /**
   * Reads from the checkpoint on, whatever the group had read: what is pending and what was written already is met
   * again, and twice changes nothing. Makes the group where a wiped Redis has lost it.
   */
  async open(checkpoint: StreamId): Promise<void> {
    const from = formatStreamId(checkpoint)
    await this.#redis.xgroup('CREATE', this.#keys.log, group, from, 'MKSTREAM').catch((error: Error) => {
      if (!error.message.startsWith('BUSYGROUP')) throw error
    })
    await this.#redis.xgroup('SETID', this.#keys.log, group, from)
    // The lease says that nobody else reads, so idle time does not matter (and a clock that went back cannot hinder).
    for (let cursor = '0-0'; ;) {
      const [next] = (await this.#redis.xautoclaim(
        ...([this.#keys.log, group, consumer, 0, cursor, 'COUNT', 1_000, 'JUSTID'] as [
          string,
          string,
          string,
          number,
          string,
          'COUNT',
          number,
          'JUSTID',
        ]),
      )) as [string]
      if (next === '0-0') return
      cursor = next
    }
  }

  /** Read before and not acknowledged, after `after`, oldest first. Null fields: trimmed away meanwhile. */
  pending(after: string, count: number): Promise<RawEntry[]> {
    return this.#read(after, count)
  }

  /** Never read before. */
  fresh(count: number): Promise<RawEntry[]> {
    return this.#read('>', count)
  }

  async ack(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#redis.xack(this.#keys.log, group, ...ids)
  }

  /** Takes words out of the log that are deleted, and archived. A tail that has yet to read them sees a jump. */
  async forget(ids: readonly StreamId[]): Promise<void> {
    if (ids.length > 0) await this.#redis.xdel(this.#keys.log, ...ids.map(formatStreamId))
  }

  /** Keeps an entry that MySQL refuses, with the reason, where a person can look at it. */
  async bury(id: string, fields: readonly string[] | null, reason: string): Promise<void> {
    await this.#redis.xadd(this.#keys.dead, '*', 'id', id, 'reason', reason, 'entry', JSON.stringify(fields))
  }

  /** The highest id of a person that the log has told of; 0: none. Kept for when MySQL has forgotten it. */
  async highestPerson(): Promise<number> {
    return Number((await this.#redis.get(this.#keys.people)) ?? 0)
  }

  /** Before what they said is archived, for then it may be trimmed. */
  async keepHighestPerson(id: number): Promise<void> {
    await this.#redis.set(this.#keys.people, id)
  }

  /** Tells everybody how far the archive reaches; tails find it here when they missed the bus. */
  async announce(checkpoint: StreamId): Promise<void> {
    await this.#redis.set(this.#keys.archived, formatStreamId(checkpoint))
  }

  /**
   * Forgets what is archived and no longer needed for coming back at `now`, which is Redis's. Invariant: nothing above the checkpoint and nothing
   * pending is trimmed.
   */
  async trim(checkpoint: StreamId, now: number): Promise<number> {
    const old = { ms: Math.max(0, now - limits.resumeWindowMs), n: 0 }
    const crowded = await this.#crowdedBelow()
    const wanted = crowded !== undefined && compareIds(crowded, old) > 0 ? crowded : old
    const safe = await this.#oldestNeeded(checkpoint)
    const bound = compareIds(wanted, safe) < 0 ? wanted : safe
    return Number(await this.#redis.xtrim(this.#keys.log, 'MINID', formatStreamId(bound)))
  }

  /**
   * Forgets the cids of what is archived and older than limits.cidWindowMs at `now`. Answers how many spans of time (see bucketMs) were
   * forgotten. Whatever the clocks say, nothing is forgotten that MySQL does not have, and Redis knows what it has forgotten.
   */
  async forgetCids(checkpoint: StreamId, now: number): Promise<number> {
    const upTo = Math.min(checkpoint.ms - 1, now - limits.cidWindowMs)
    const { cidBuckets, cidsForgotten, cids } = this.#keys
    const old = await this.#redis.zrangebyscore(cidBuckets, '-inf', upTo, 'LIMIT', 0, forgottenAtOnce)
    if (old.length === 0) return 0
    const keys = [cidBuckets, cidsForgotten, ...old.map((bucket) => cids(Number(bucket)))]
    return Number(await this.#redis.eval(forgetScript, keys.length, ...keys, upTo, ...old))
  }

  /** The time by Redis's clock, as the ids are: by another one ahead of it, what browsers come back to would be trimmed. */
  async now(): Promise<number> {
    const [seconds] = await this.#redis.time()
    return Number(seconds) * 1_000
  }

  /** The newest entry of the log; where none is, the beginning. */
  async newest(): Promise<StreamId> {
    const [last] = await this.#redis.xrevrange(this.#keys.log, '+', '-', 'COUNT', 1)
    return last === undefined ? { ms: 0, n: 0 } : parseStreamId(last[0])
  }

  /** The first entry after a place. */
  async after(id: StreamId): Promise<StreamId | undefined> {
    const [next] = await this.#redis.xrange(this.#keys.log, `(${formatStreamId(id)}`, '+', 'COUNT', 1)
    return next === undefined ? undefined : parseStreamId(next[0])
  }

  /** How many entries were set aside. */
  dead(): Promise<number> {
    return this.#redis.xlen(this.#keys.dead)
  }

  async backlog(): Promise<Backlog> {
    const [length, groups] = await Promise.all([
      this.#redis.xlen(this.#keys.log),
      this.#redis.xinfo('GROUPS', this.#keys.log).catch(() => []) as Promise<(string | number | null)[][]>,
    ])
    const ours = groups.find((info) => info[info.indexOf('name') + 1] === group)
    if (ours === undefined) return { length, pending: 0, lag: undefined }
    const lag = ours[ours.indexOf('lag') + 1]
    return {
      length,
      pending: Number(ours[ours.indexOf('pending') + 1]),
      lag: lag === null || lag === undefined ? undefined : Number(lag),
    }
  }

  /** What sync has done, for /metrics of every process. */
  async report(facts: Record<string, string | number>): Promise<void> {
    await this.#redis.hset(this.#keys.sync, facts)
  }

  async lastReport(): Promise<Record<string, string>> {
    return this.#redis.hgetall(this.#keys.sync)
  }

  async #read(from: string, count: number): Promise<RawEntry[]> {
    const { log } = this.#keys
    const answer = await this.#redis.xreadgroup(
      'GROUP',
      group,
      consumer,
      'COUNT',
      count,
      'STREAMS',
      log,
      from,
    )
    return entriesOf(this.#redis, answer)
  }

  /** The id of the first entry to be kept when there are more than the resume window holds. */
  async #crowdedBelow(): Promise<StreamId | undefined> {
    const surplus = (await this.#redis.xlen(this.#keys.log)) - limits.resumeWindowEntries
    if (surplus <= 0) return undefined
    const oldest = (await this.#redis.xrange(
      this.#keys.log,
      '-',
      '+',
      'COUNT',
      Math.min(surplus, 5_000),
    )) as EntryArray[]
    const last = oldest.at(-1)
    return last === undefined ? undefined : parseStreamId(last[0])
  }

  async #oldestNeeded(checkpoint: StreamId): Promise<StreamId> {
    const [, lowest] = (await this.#redis.xpending(this.#keys.log, group)) as [number, string | null]
    if (lowest === null) return checkpoint
    const pending = parseStreamId(lowest)
    return compareIds(pending, checkpoint) < 0 ? pending : checkpoint
  }
}
