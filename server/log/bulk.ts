// The way into the log for bulk work: many entries of a room in one step, and how much the log can bear at the moment.
// The caller has looked up in MySQL what it is about to append; nothing is looked up here.
import { setTimeout as pause } from 'node:timers/promises'
import { whenReady, type Redis } from '../redis/client.ts'
import type { RedisProvider } from '../redis/provider.ts'
import { AppendScript, readAppended, type AppendItem } from './append-script.ts'
import { ArchiveReader } from './archive-reader.ts'
import { compareIds, type Appended, type Draft } from './entry.ts'
import { lastId, openEpoch, type Archive } from './epoch.ts'
import { redisFullness } from './fullness.ts'
import { keysOf, type Keys } from './keys.ts'
import { limits } from '../protocol/limits.ts'
import { isRefusedForNow } from './rights.ts'
import { shardOf } from './shard.ts'

/** An entry of a batch. `answers`: the places in the same batch (from 0) of what it answers, and whose thread it is in. */
export interface BulkDraft extends Draft {
  answers?: AppendItem['answers']
}

/**
 * What the log has to bear: entries in no table yet, Redis's fullness (0 to 1), and how many entries others have ever
 * appended, at least: it is that much and no less, and never falls for long.
 */
export interface Load {
  unarchived: number
  redis: number
  byOthers: number
}

/** The log is not the one that was opened (it was wiped or rolled back), or it stays away. What is in it stays in it. */
export class BulkEnded extends Error {
  override name = 'BulkEnded'
}

/** Entries of one step, which nobody else's append may come between: some 3 ms of Redis. */
export const bulkEntries = 100

const answerWithinMs = 5_000
/** A store that restarts is back within this. */
const awayMs = 60_000

export interface BulkDeps {
  redis: RedisProvider
  shards: number
  archive: Archive
}

/** One shard: its connections, which go to wherever it is. */
interface BulkShard {
  keys: Keys
  writer: Redis
  script: AppendScript
  /** Shared by all who ask; its owner ends it. */
  asker: Redis
  epoch: string
}

export class BulkLog {
  readonly #options: BulkDeps
  readonly #shards: readonly BulkShard[]
  /** The newest number of each room that was answered: a log that is behind it was rolled back. */
  readonly #heads = new Map<string, number>()
  /** Entries that are this one's own, or will be: counted before they are sent, so that none is taken for another's. */
  #sent = 0
  #appended = 0
  #told = 0

  private constructor(options: BulkDeps) {
    this.#options = options
    this.#shards = Array.from({ length: options.shards }, (_, shard) => {
      const redis = options.redis.shard(shard)
      const writer = redis.writer(answerWithinMs)
      return {
        keys: keysOf(shard),
        writer,
        script: new AppendScript(writer),
        asker: redis.asker,
        epoch: '',
      }
    })
  }

  static async open(options: BulkDeps): Promise<BulkLog> {
    const log = new BulkLog(options)
    const { common } = options.redis
    try {
      const needed = [common, ...log.#shards.flatMap(({ writer, asker }) => [writer, asker])]
      await Promise.all(needed.map((redis) => whenReady(redis, awayMs)))
      for (const shard of log.#shards)
        shard.epoch = await openEpoch(shard.asker, shard.keys.shard, options.archive, { common })
      return log
    } catch (error) {
      log.close()
      throw error
    }
  }

  /**
   * Appends at most `bulkEntries` drafts of one room, in this order, and answers their numbers. While the outcome is
   * unknown it asks again with the same cids: the step is in the log as a whole or not at all, so either the same
   * numbers come back or it is done then, and order is kept.
   * @throws BulkEnded
   */
  async append(drafts: readonly BulkDraft[], signal?: AbortSignal): Promise<Appended[]> {
    const [first] = drafts
    if (first === undefined) return []
    this.#sent += drafts.length
    const until = performance.now() + awayMs
    for (;;) {
      try {
        const appended = await this.#run(first.room, drafts)
        this.#appended += drafts.length
        const newest = Math.max(this.head(first.room), ...appended.map(({ seq }) => seq))
        this.#heads.set(first.room, newest)
        return appended
      } catch (error) {
        await this.#waitOut(error as Error, { writer: this.#shardOf(first.room).writer, until, signal })
      }
    }
  }

  /** The newest number that was answered here; 0 before the first. */
  head(room: string): number {
    return this.#heads.get(room) ?? 0
  }

  /** Adds what was appended since to what /metrics of every process tells. */
  async tell(): Promise<void> {
    const more = this.#appended - this.#told
    this.#told = this.#appended
    const [first] = this.#shards
    if (more > 0) await first?.asker.hincrby(first.keys.sync, 'imported', more)
  }

  /** What the log has to bear at this moment. Throws when Redis does not answer. */
  async load(): Promise<Load> {
    const load = { unarchived: 0, redis: 0, byOthers: 0 }
    for (const { keys, asker } of this.#shards) {
      const { length, pending, lag } = await new ArchiveReader(asker, keys.shard).backlog()
      // Where Redis cannot tell what sync has not read, it is what the stream has above its usual length.
      load.unarchived += lag === undefined ? Math.max(0, length - limits.resumeWindowEntries) : pending + lag
      const info = (await asker.xinfo('STREAM', keys.log)) as (string | number)[]
      const added = info.indexOf('entries-added')
      // Before Redis 7 nobody counts; then only the backlog tells that others are there.
      if (added >= 0) load.byOthers += Number(info[added + 1])
      load.redis = Math.max(load.redis, await redisFullness(asker))
    }
    load.byOthers -= this.#sent
    return load
  }

  /** Resolves when MySQL has all that is in the log at this moment. */
  async archived(signal?: AbortSignal): Promise<void> {
    for (const { keys, asker } of this.#shards) {
      const last = (await lastId(asker, keys)) ?? { ms: 0, n: 0 }
      for (;;) {
        const checkpoint = await this.#options.archive.checkpoint(keys.shard)
        if (checkpoint !== undefined && compareIds(checkpoint.id, last) >= 0) break
        await pause(50, undefined, signal === undefined ? {} : { signal })
      }
    }
  }

  close(): void {
    for (const { writer } of this.#shards) writer.disconnect()
  }

  #shardOf(room: string): BulkShard {
    const shard = this.#shards[shardOf(room, this.#shards.length)]
    if (shard === undefined) throw new Error('there is no such shard')
    return shard
  }

  /** All of one room and with one `read`: append.lua writes all of them or none. */
  async #run(room: string, drafts: readonly BulkDraft[]): Promise<Appended[]> {
    const { script, ...place } = this.#shardOf(room)
    const read = this.head(room)
    // Whoever imports has asked MySQL.
    const items = drafts.map((draft) => ({ draft, read, isNew: true, answers: draft.answers }))
    const answers = await script.run(place, items)
    // An import names the same message for ever, whatever it says by now.
    return drafts.map((_draft, index) => readAppended(answers[index]))
  }

  /** Waits until it may be asked again; throws what asking again cannot mend. */
  async #waitOut(
    error: Error,
    { writer, until, signal }: { writer: Redis; until: number; signal: AbortSignal | undefined },
  ): Promise<void> {
    signal?.throwIfAborted()
    const { message } = error
    if (/^(EPOCH|BEHIND)/.test(message)) throw new BulkEnded('the log in Redis was started anew meanwhile')
    const isPassing = message.startsWith('OOM') || isRefusedForNow(message)
    if (!isPassing && !isUnanswered(message)) throw error
    if (performance.now() > until) throw new BulkEnded(`Redis takes no more: ${message}`)
    // A connection that owes an answer is not used again.
    if (!isPassing && writer.status === 'ready') writer.disconnect(true)
    await pause(200 + Math.random() * 300, undefined, signal === undefined ? {} : { signal })
    await whenReady(writer, 1_000).catch(() => undefined)
  }
}

const isUnanswered = (message: string): boolean =>
  /timed out|Connection is closed|isn't writeable|max retries|ECONNRESET|EPIPE|ECONNREFUSED|ENOENT/.test(
    message,
  )
