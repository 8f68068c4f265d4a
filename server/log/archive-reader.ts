// Sync's side of a shard's log: what is pending, what is new, what may be forgotten. The truth is MySQL's checkpoint;
// XACK is housekeeping.
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis.ts'
import { compareIds, formatStreamId, parseStreamId, type StreamId } from './entry.ts'
import type { RawEntry } from './follow.ts'
import { group, keysOf, type Keys } from './keys.ts'

/** One consumer name for every sync: the lease lets only one read at a time, and it inherits what another left. */
const consumer = 'sync'

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

  /** Tells everybody how far the archive reaches; tails find it here when they missed the bus. */
  async announce(checkpoint: StreamId): Promise<void> {
    await this.#redis.set(this.#keys.archived, formatStreamId(checkpoint))
  }

  /**
   * Forgets what is archived and no longer needed for coming back. Invariant: nothing above the checkpoint and nothing
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
    return ((answer as [string, RawEntry[]][] | null)?.[0]?.[1] ?? []) as RawEntry[]
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
    )) as RawEntry[]
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
