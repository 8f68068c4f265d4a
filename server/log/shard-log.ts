// One shard of the log as this process follows it: its epoch, its tail, and the look that sees when the log in Redis is
// no longer the one that was read.
import { connectRedis, readerOptions, type Redis } from '../redis.ts'
import type { RedisAddress } from '../config.ts'
import { ArchiveReader, type Backlog } from './archive-reader.ts'
import { compareIds, parseStreamId, type Entry } from './entry.ts'
import { lastId, openEpoch, type Archive, type Read } from './epoch.ts'
import { follow, readThrough } from './follow.ts'
import { keysOf, type Keys } from './keys.ts'
import { Tail, type Jump } from './tail.ts'

export interface ShardLogParts {
  redis: RedisAddress
  /** For questions: never behind a blocking read. */
  asker: Redis
  shard: number
  archive: Archive
  onEntries: (entries: Entry[], jumps: Jump[]) => Promise<void> | void
  onTrouble: (error: unknown, where: string) => void
}

export class ShardLog {
  /** Undefined while the log is not open: nothing is appended without it. */
  epoch: string | undefined
  /** Undefined until the log was opened for the first time. */
  tail: Tail | undefined
  readonly #parts: ShardLogParts
  readonly #keys: Keys
  readonly #reader: Redis
  /** What was read of the log before it had to be opened again. */
  #read: Read | undefined
  #following = new AbortController()

  constructor(parts: ShardLogParts) {
    this.#parts = parts
    this.#keys = keysOf(parts.shard)
    this.#reader = connectRedis(parts.redis, readerOptions, (error) => parts.onTrouble(error, 'redis'))
  }

  /** Opens the log, and follows it from its beginning. Throws when a store is away. */
  async open(): Promise<void> {
    const { asker, archive } = this.#parts
    const epoch = await openEpoch(asker, this.#keys.shard, archive, this.#read)
    this.#read = undefined
    const tail = await this.#load()
    this.tail = tail
    this.#following = new AbortController()
    void this.#follow(tail, this.#following.signal)
    this.epoch = epoch
  }

  /** The log is not the one we knew: nothing is appended until it is opened again. */
  shut(): void {
    const { epoch, tail } = this
    if (epoch !== undefined && tail !== undefined)
      this.#read = { epoch, position: tail.position, isContradicted: tail.isContradicted }
    this.epoch = undefined
    this.#following.abort()
  }

  close(): void {
    this.#following.abort()
    this.#reader.disconnect()
  }

  /** False when Redis has another log than the one that was read here. Hears how far the archive reaches. */
  async isSound(onArchived: (id: string) => void): Promise<boolean> {
    const { asker } = this.#parts
    // Before the log is asked: what the tail reads meanwhile may be newer than the answer.
    const position = this.tail?.position
    const [epoch, last, archived] = await Promise.all([
      asker.get(this.#keys.epoch),
      lastId(asker, this.#keys),
      asker.get(this.#keys.archived),
    ])
    if (archived !== null) onArchived(archived)
    return (
      epoch === this.epoch &&
      last !== undefined &&
      position !== undefined &&
      this.tail?.isContradicted === false &&
      compareIds(last, position) >= 0
    )
  }

  /** Stream length and what sync has said of itself. Throws when Redis is away. */
  async archiving(): Promise<{ backlog: Backlog; report: Record<string, string> }> {
    const reader = new ArchiveReader(this.#parts.asker, this.#keys.shard)
    const [backlog, report] = await Promise.all([reader.backlog(), reader.lastReport()])
    return { backlog, report }
  }

  /** Numbers first, then the entries: an entry that comes between the two is in both. */
  async #load(): Promise<Tail> {
    const { asker } = this.#parts
    const [numbers, times, archived] = await Promise.all([
      asker.hgetall(this.#keys.numbers),
      asker.hgetall(this.#keys.times),
      asker.get(this.#keys.archived),
    ])
    const heads = new Map(
      Object.entries(numbers).map(([room, seq]) => {
        const at = times[room]
        return [room, { seq: Number(seq), at: at === undefined ? null : Number(at) }] as const
      }),
    )
    const start = { ms: 0, n: 0 }
    const tail = new Tail(start, heads)
    for await (const entries of readThrough(asker, this.#keys, start)) tail.take(entries)
    if (archived !== null) tail.archive(parseStreamId(archived))
    tail.settle()
    return tail
  }

  async #follow(tail: Tail, signal: AbortSignal): Promise<void> {
    const onTrouble = (error: unknown): void => this.#parts.onTrouble(error, 'following the log')
    const place = { redis: this.#reader, keys: this.#keys, signal, onTrouble }
    for await (const read of follow(place, tail.position)) {
      if (signal.aborted) return
      const { fresh, jumps } = tail.take(read)
      try {
        await this.#parts.onEntries(fresh, jumps)
      } catch (error) {
        onTrouble(error)
      }
    }
  }
}
