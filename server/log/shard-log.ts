// One shard of the log as this process follows it: its append, its epoch, its tail, and the watch that sees when the log in
// Redis is no longer the one that was read. A shard is opened again alone; the others go on.
import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from '../redis/client.ts'
import type { RedisProvider } from '../redis/provider.ts'
import { Appender } from './append.ts'
import { ArchiveReader, type Backlog } from './archive-reader.ts'
import { Clocks } from './clocks.ts'
import { compareIds, parseStreamId, type Appended, type Draft, type StreamId } from './entry.ts'
import { lastId, openEpoch, type Archive, type Read } from './epoch.ts'
import { follow, readThrough } from './follow.ts'
import { redisFullness } from './fullness.ts'
import { headsOf } from './heads.ts'
import { Hearing } from './hearing.ts'
import { keysOf, type Keys } from './keys.ts'
import { checkWrites, whyRedisRefuses } from './rights.ts'
import type { LogSubscribers } from './subscribers.ts'
import { Tail } from './tail.ts'
import type { Refusal } from '../protocol/errors.ts'

/** `open`: entries flow. `opening`: a store is away, or the log is being started anew; sends are refused. */
export type LogState = 'opening' | 'open' | 'closed'

export interface ShardLogDeps {
  redis: RedisProvider
  shard: number
  archive: Archive
  subscribers: LogSubscribers
  /** True while nothing more may wait for MySQL: all shards fill one process. */
  isFull: () => boolean
  /** Redis has told how full it is. */
  onFullness: () => void
  onAppend?: ((ms: number) => void) | undefined
  onRedis?: ((ms: number) => void) | undefined
  onError: (error: unknown, where: string) => void
}

/** How often the log is compared with what we think of it; sends are back within 5 s of Redis. */
const watchEveryMs = 1_000

export class ShardLog {
  /** Undefined while the log is not open: nothing is appended without it. */
  epoch: string | undefined
  /** Undefined until the log was opened for the first time. */
  tail: Tail | undefined
  /** used_memory over maxmemory of its Redis, as of the last look; 0 where Redis has no limit of its own. */
  fullness = 0
  /** Why Redis refuses, or that it does not answer, in words for an operator; undefined: it takes entries. */
  trouble: string | undefined
  readonly #deps: ShardLogDeps
  readonly #keys: Keys
  readonly #asker: Redis
  readonly #reader: Redis
  readonly #appender: Appender
  readonly hearing = new Hearing()
  readonly #clocks = new Clocks()
  #state: LogState = 'opening'
  #watch: NodeJS.Timeout | undefined
  #reachedAt = 0
  /** Why the last connection was refused: a command on none says nothing of it. */
  #lastRefusal: string | undefined
  /** What was read of the log before it had to be opened again. */
  #read: Read | undefined
  #following = new AbortController()

  constructor(deps: ShardLogDeps) {
    this.#deps = deps
    this.#keys = keysOf(deps.shard)
    const redis = deps.redis.shard(deps.shard)
    this.#asker = redis.asker
    this.#reader = redis.reader()
    this.#asker.on('error', (error: Error) => {
      this.#lastRefusal = whyRedisRefuses(error)
    })
    this.#reader.on('ready', () => {
      // The first connection is no return.
      if (this.tail !== undefined) deps.subscribers.reconnected()
    })
    const { shard, archive, onAppend } = deps
    const { replicas } = redis
    this.#appender = new Appender({
      redis: redis.writer(),
      replicas,
      shard,
      known: this,
      archive,
      onAppend,
    })
  }

  get state(): LogState {
    return this.#state
  }

  /** True when Redis answered one of the last watches. */
  get isReachable(): boolean {
    return this.#reachedAt > 0 && performance.now() - this.#reachedAt < 3 * watchEveryMs
  }

  /** How long ago Redis answered a watch, in ms. */
  get silentMs(): number {
    return performance.now() - this.#reachedAt
  }

  /** True while it takes entries, and what it says is heard here. */
  get works(): boolean {
    return this.#isOpen && this.isReachable && this.trouble === undefined && !this.hearing.isDeaf
  }

  /** See Clocks. */
  get clocksApartMs(): number {
    return this.#clocks.apartMs
  }

  get isFull(): boolean {
    return this.#deps.isFull()
  }

  /** The newest number of a room that this process has read. */
  head(room: string): number {
    return this.tail?.head(room) ?? 0
  }

  async append(draft: Draft): Promise<Appended | Refusal> {
    const appended = await this.#appender.append(draft)
    const target = 'target' in draft.body ? draft.body.target : undefined
    if ('seq' in appended) this.tail?.appended(draft.room, appended.seq, target)
    return appended
  }

  /** The log lacks what was read here; the next look starts it anew. */
  contradict(): void {
    if (this.tail !== undefined) this.tail.isContradicted = true
  }

  /** Waits for the stores, opens the log and follows it. Reports through onError what it waits for. */
  async open(): Promise<void> {
    await this.#openPatiently()
    this.#watchSoon()
  }

  close(): void {
    this.#state = 'closed'
    clearTimeout(this.#watch)
    this.#following.abort()
  }

  /** MySQL has the entries up to `id`. */
  archivedUpTo(id: StreamId): void {
    const news = this.tail?.archive(id) ?? new Map<string, number>()
    for (const [room, seq] of news) this.#deps.subscribers.archived(room, seq)
  }

  /** Stream length and what sync has reported of itself. Throws when Redis is away. */
  async archiving(): Promise<{ backlog: Backlog; report: Record<string, string> }> {
    const reader = new ArchiveReader(this.#asker, this.#keys.shard)
    const [backlog, report] = await Promise.all([reader.backlog(), reader.lastReport()])
    return { backlog, report }
  }

  async #openPatiently(): Promise<void> {
    while (this.#state !== 'closed') {
      try {
        return await this.#open()
      } catch (error) {
        this.#deps.onError(error, 'opening the log')
        await pause(200 + Math.random() * 300)
      }
    }
  }

  /** Opens the log, and follows it from its beginning. Throws when a store is away. */
  async #open(): Promise<void> {
    const { archive, redis } = this.#deps
    const epoch = await openEpoch(this.#asker, this.#keys.shard, archive, {
      read: this.#read,
      common: redis.common,
    })
    this.#read = undefined
    const tail = await this.#load()
    if (this.#state === 'closed') return
    this.tail = tail
    this.#following = new AbortController()
    void this.#follow(tail, this.#following.signal)
    this.epoch = epoch
    this.#state = 'open'
    this.#reachedAt = performance.now()
  }

  get #isOpen(): boolean {
    return this.#state === 'open'
  }

  #watchSoon(): void {
    if (this.#state === 'closed') return
    this.#watch = setTimeout(() => {
      this.#look()
        .catch((error: unknown) => {
          this.trouble = whyRedisRefuses(error as Error) ?? this.#lastRefusal ?? 'Redis does not answer'
          this.#deps.onError(error, 'watching the log')
        })
        .finally(() => this.#watchSoon())
    }, watchEveryMs)
  }

  async #look(): Promise<void> {
    this.fullness = await redisFullness(this.#asker)
    this.#deps.onFullness()
    const isSound = await this.#isSound()
    this.#reachedAt = performance.now()
    if (!isSound) await this.#reopen()
    await checkWrites(this.#asker, this.#keys.shard)
    this.trouble = undefined
  }

  /** The log is not the one we knew: sends fail closed, and the shard starts again from MySQL and the new log. */
  async #reopen(): Promise<void> {
    const { epoch, tail } = this
    if (this.#state === 'closed') return
    this.#state = 'opening'
    if (epoch !== undefined && tail !== undefined)
      this.#read = { epoch, position: tail.position, isContradicted: tail.isContradicted }
    this.epoch = undefined
    this.#following.abort()
    await this.#openPatiently()
    if (this.#isOpen) this.#deps.subscribers.newEpoch(this.#keys.shard)
  }

  /** False when Redis has another log than the one that was read here. */
  async #isSound(): Promise<boolean> {
    // Before the log is asked: what the tail reads meanwhile may be newer than the answer.
    const position = this.tail?.position
    const [epoch, last, archived] = await Promise.all([
      this.#asker.get(this.#keys.epoch),
      lastId(this.#asker, this.#keys),
      this.#asker.get(this.#keys.archived),
    ])
    if (archived !== null) this.archivedUpTo(parseStreamId(archived))
    if (last !== undefined && position !== undefined) this.#listen(position, last)
    if (last !== undefined) await this.#compareClocks(last)
    return (
      epoch === this.epoch &&
      last !== undefined &&
      position !== undefined &&
      this.tail?.isContradicted === false &&
      compareIds(last, position) >= 0
    )
  }

  /** A tail that has gone deaf reads on by a new connection. */
  #listen(position: StreamId, last: StreamId): void {
    if (!this.hearing.compare(position, last)) return
    this.#deps.onError(new Error('the log goes on and nothing of it is heard'), 'watching the log')
    this.#reader.disconnect(true)
  }

  async #compareClocks({ ms: newest }: StreamId): Promise<void> {
    const began = Date.now()
    const asked = performance.now()
    const [seconds, micros] = await this.#asker.time()
    this.#deps.onRedis?.(performance.now() - asked)
    const redis = Number(seconds) * 1_000 + Number(micros) / 1_000
    const found = this.#clocks.compare({ redis, newest, began, now: Date.now() })
    if (found !== undefined) this.#deps.onError(new Error(found), 'clocks')
  }

  /** Numbers first, then the entries: an entry that comes between the two is in both. */
  async #load(): Promise<Tail> {
    const [numbers, times, archived, people] = await Promise.all([
      this.#asker.hgetall(this.#keys.numbers),
      this.#asker.hgetall(this.#keys.times),
      this.#asker.get(this.#keys.archived),
      this.#asker.get(this.#keys.people),
    ])
    const heads = headsOf(numbers, times)
    const start = { ms: 0, n: 0 }
    const tail = new Tail(start, heads)
    tail.newestOf = async (room) => Number((await this.#asker.hget(this.#keys.numbers, room)) ?? 0)
    tail.highestPerson = Number(people ?? 0)
    for await (const entries of readThrough(this.#asker, this.#keys, start)) tail.take(entries)
    if (archived !== null) tail.archive(parseStreamId(archived))
    tail.settle()
    return tail
  }

  async #follow(tail: Tail, signal: AbortSignal): Promise<void> {
    const onError = (error: unknown): void => this.#deps.onError(error, 'following the log')
    const place = { redis: this.#reader, keys: this.#keys, signal, onError }
    for await (const read of follow(place, tail.position)) {
      if (signal.aborted) return
      const { fresh, jumps } = tail.take(read)
      try {
        await this.#deps.subscribers.entries(fresh, jumps)
      } catch (error) {
        onError(error)
      }
    }
  }
}
