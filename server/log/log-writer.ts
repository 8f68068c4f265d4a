// The log for a process that only writes into it: numbers and keeps what it is given, and follows nothing.
// Limit: it does not see that a log was rolled back before its servers do; they refuse for it by a new epoch.
import type { Refusal } from '../protocol/errors.ts'
import { whenReady, type Redis } from '../redis/client.ts'
import type { RedisProvider } from '../redis/provider.ts'
import { Appender } from './append.ts'
import type { Appended, Draft } from './entry.ts'
import type { Archive } from './epoch.ts'
import { keysOf } from './keys.ts'
import { shardOf } from './shard.ts'

export interface LogWriterDeps {
  /** Its owner ends it. */
  redis: RedisProvider
  shards: number
  archive: Pick<Archive, 'findCid'>
  /** A call that appends has ended, after so many ms. */
  onAppend?: (ms: number) => void
}

const readyWithinMs = 1_000

export class LogWriter {
  readonly #deps: LogWriterDeps
  readonly #shards = new Map<number, ShardWriter>()

  constructor(deps: LogWriterDeps) {
    this.#deps = deps
  }

  /** See Log.append. */
  append(draft: Draft): Promise<Appended | Refusal> {
    const shard = shardOf(draft.room, this.#deps.shards)
    const writer = this.#shards.get(shard) ?? new ShardWriter(this.#deps, shard)
    this.#shards.set(shard, writer)
    return writer.append(draft)
  }
}

/** Knows nothing of its log but the epoch. */
class ShardWriter {
  epoch: string | undefined
  readonly isFull = false
  readonly #epochKey: string
  readonly #asker: Redis
  readonly #writer: Redis
  readonly #appender: Appender

  constructor({ redis, archive, onAppend }: LogWriterDeps, shard: number) {
    this.#epochKey = keysOf(shard).epoch
    this.#asker = redis.shard(shard).writer(readyWithinMs)
    this.#writer = redis.shard(shard).writer()
    const { replicas } = redis.shard(shard)
    this.#appender = new Appender({ redis: this.#writer, replicas, shard, known: this, archive, onAppend })
  }

  head(): number {
    return 0
  }

  contradict(): void {
    // The servers see it themselves.
  }

  /** The epoch is asked for each time: who writes seldom would otherwise write with an old one, and be refused. */
  async append(draft: Draft): Promise<Appended | Refusal> {
    try {
      await Promise.all([whenReady(this.#asker, readyWithinMs), whenReady(this.#writer, readyWithinMs)])
      this.epoch = (await this.#asker.get(this.#epochKey)) ?? undefined
    } catch {
      return { code: 'log_unavailable' }
    }
    return this.#appender.append(draft)
  }
}
