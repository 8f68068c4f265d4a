// The log as the rest of the house sees it: append goes in, the tail's entries come out, and a watch that sees when the
// log in Redis is no longer the one we knew.
import type { RedisAddress } from '../config.ts'
import { connectRedis, writerOptions, type Redis } from '../redis.ts'
import { openAppend, type FindCid } from './append.ts'
import { parseStreamId, type Append, type Entry, type StreamId } from './entry.ts'
import type { Archive } from './epoch.ts'
import { shardOf } from './shard.ts'
import { fullness, pressureOf, type Backlog, type Pressure } from './pressure.ts'
import { ShardLog } from './shard-log.ts'
import type { Jump, Tail } from './tail.ts'

export interface LogOptions {
  redis: RedisAddress
  shards: number
  archive: Archive
  findCid: FindCid
  /** Told of what the tail has read, in order; reading waits until it resolves. */
  onEntries: (entries: Entry[], jumps: Jump[]) => Promise<void> | void
  /** MySQL has a room up to a number. */
  onArchived: (room: string, seq: number) => void
  /** The log was started anew: what browsers know of numbers must be checked against history. */
  onNewEpoch: () => void
  onTrouble: (error: unknown, where: string) => void
}

/** `open`: entries flow. `opening`: a store is away, or the log is being started anew; sends are refused. */
export type LogState = 'opening' | 'open' | 'closed'

/** How often the log is compared with what we think of it; sends are back within 5 s of Redis. */
const watchEveryMs = 1_000

export class Log {
  readonly append: Append
  readonly #options: LogOptions
  readonly #writer: Redis
  /** Questions and watching: never behind a blocking read, never beside a timed-out append. */
  readonly #asker: Redis
  readonly #shards: ShardLog[]
  #state: LogState = 'opening'
  #watch: NodeJS.Timeout | undefined
  #reach = 0
  #redisFullness = 0
  #lastPressure: Pressure = 'calm'

  constructor(options: LogOptions) {
    this.#options = options
    const trouble = (error: unknown): void => options.onTrouble(error, 'redis')
    this.#writer = connectRedis(options.redis, writerOptions(), trouble)
    this.#asker = connectRedis(options.redis, writerOptions(5_000), trouble)
    const { redis, archive, onEntries, onTrouble } = options
    this.#shards = Array.from(
      { length: options.shards },
      (_, shard) => new ShardLog({ redis, asker: this.#asker, shard, archive, onEntries, onTrouble }),
    )
    this.append = openAppend({
      redis: this.#writer,
      shards: options.shards,
      epochOf: (shard) => this.#shards[shard]?.epoch,
      findCid: options.findCid,
      isFull: () => this.pressure === 'refuse',
      headOf: (room) => this.tail(room)?.head(room) ?? 0,
      onBehind: (shard) => this.#contradict(shard),
    })
  }

  get state(): LogState {
    return this.#state
  }

  /** True once the log has been open, whatever has happened since: what was read then can be read on. */
  get hasOpened(): boolean {
    return this.#shards.every(({ tail }) => tail !== undefined)
  }

  /** True when Redis answered the last watch. */
  get isReachable(): boolean {
    return this.#reach > 0 && Date.now() - this.#reach < 3 * watchEveryMs
  }

  /** One word for all shards' epochs; a browser that knows another must check its cursors. */
  get epoch(): string {
    return this.#shards.map(({ epoch }) => epoch ?? '').join('.')
  }

  /** Waits for the stores, opens every shard, and starts following. Says through onTrouble what it waits for. */
  async open(): Promise<void> {
    await this.#openAll()
    this.#watchSoon()
  }

  /** The room's part of the log in memory. Undefined while the log is opening for the first time. */
  tail(room: string): Tail | undefined {
    return this.#shards[shardOf(room, this.#options.shards)]?.tail
  }

  /** Newest number and time of each room, as this process has read them. */
  heads(rooms: readonly string[]): Map<string, { seq: number; at: number | null }> {
    return new Map(
      rooms.map((room) => [
        room,
        { seq: this.tail(room)?.head(room) ?? 0, at: this.tail(room)?.headAt(room) ?? null },
      ]),
    )
  }

  /** MySQL has shard's entries up to `id`: told by sync over the bus, and found by the watch. */
  archivedUpTo(shard: number, id: StreamId): void {
    const news = this.#shards[shard]?.tail?.archive(id) ?? new Map<string, number>()
    for (const [room, seq] of news) this.#options.onArchived(room, seq)
  }

  /** Entries that this process knows to be in no table yet. */
  get unarchived(): number {
    return this.#shards.reduce((sum, { tail }) => sum + (tail?.unarchived ?? 0), 0)
  }

  /** How full the backlog is; Redis's own part of it is as old as the last watch. */
  get backlog(): Backlog {
    const bytes = this.#shards.reduce((sum, { tail }) => sum + (tail?.unarchivedBytes ?? 0), 0)
    return { entries: this.unarchived, bytes, redis: this.#redisFullness }
  }

  get pressure(): Pressure {
    return pressureOf(this.backlog)
  }

  /** When the oldest entry that is in no table was said, in milliseconds since 1970; undefined when there is none. */
  get waitingSince(): number | undefined {
    const since = this.#shards.flatMap(({ tail }) => tail?.waitingSince ?? [])
    return since.length === 0 ? undefined : Math.min(...since)
  }

  /** Stream length and what sync has said of itself, summed over the shards. Throws when Redis is away. */
  async archiving(): Promise<{
    length: number
    pending: number
    lag: number
    report: Record<string, number>
  }> {
    const sum = { length: 0, pending: 0, lag: 0, report: {} as Record<string, number> }
    for (const shard of this.#shards) {
      const { backlog, report } = await shard.archiving()
      sum.length += backlog.length
      sum.pending += backlog.pending
      sum.lag += backlog.lag ?? 0
      for (const [name, value] of Object.entries(report))
        sum.report[name] = (sum.report[name] ?? 0) + Number(value)
    }
    return sum
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    clearTimeout(this.#watch)
    for (const shard of this.#shards) shard.close()
    this.#writer.disconnect()
    this.#asker.disconnect()
  }

  async #openAll(): Promise<void> {
    await Promise.all(this.#shards.map((shard) => this.#openShard(shard)))
    if (this.#state !== 'closed') this.#state = 'open'
  }

  async #openShard(shard: ShardLog): Promise<void> {
    for (;;) {
      if (this.#state === 'closed') return
      try {
        await shard.open()
        this.#reach = Date.now()
        return
      } catch (error) {
        this.#options.onTrouble(error, 'opening the log')
        await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 300))
      }
    }
  }

  #watchSoon(): void {
    if (this.#state === 'closed') return
    this.#watch = setTimeout(() => {
      this.#look()
        .catch((error: unknown) => this.#options.onTrouble(error, 'watching the log'))
        .finally(() => this.#watchSoon())
    }, watchEveryMs)
  }

  async #look(): Promise<void> {
    this.#redisFullness = await redisFullness(this.#asker)
    this.#tellPressure()
    for (const [number, shard] of this.#shards.entries()) {
      const isSound = await shard.isSound((archived) => this.archivedUpTo(number, parseStreamId(archived)))
      this.#reach = Date.now()
      if (!isSound) return this.#reopen()
    }
  }

  /** The log lacks what was read here; the next look starts it anew. */
  #contradict(shard: number): void {
    const tail = this.#shards[shard]?.tail
    if (tail !== undefined) tail.isContradicted = true
  }

  #tellPressure(): void {
    const { pressure } = this
    if (pressure === this.#lastPressure) return
    this.#lastPressure = pressure
    const percent = Math.round(fullness(this.backlog) * 100)
    this.#options.onTrouble(new Error(`the backlog is ${percent} % full: ${pressure}`), 'pressure')
  }

  /** The log is not the one we knew: sends fail closed, and everything starts again from MySQL and the new log. */
  async #reopen(): Promise<void> {
    this.#state = 'opening'
    for (const shard of this.#shards) shard.shut()
    await this.#openAll()
    this.#options.onNewEpoch()
  }
}

/** used_memory over maxmemory; 0 where Redis has no limit of its own. */
async function redisFullness(redis: Redis): Promise<number> {
  const info = await redis.info('memory')
  const read = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  const most = read('maxmemory')
  return most === 0 ? 0 : read('used_memory') / most
}
