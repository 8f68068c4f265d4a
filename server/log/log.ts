// The log as the rest of the server sees it: appends go in, the tails' entries come out to the subscribers. Each shard opens,
// fails and is opened again by itself (shard-log.ts); here is only what is asked of all of them together.
import type { Refusal } from '../protocol/errors.ts'
import type { RedisProvider } from '../redis/provider.ts'
import type { Appended, Draft, Entry, StreamId } from './entry.ts'
import type { Archive } from './epoch.ts'
import { shardOf } from './shard.ts'
import { fullness, pressureOf, type Backlog, type Pressure } from './pressure.ts'
import { ShardLog, type LogState } from './shard-log.ts'
import { LogSubscribers, type LogSubscriber } from './subscribers.ts'
import type { Tail } from './tail.ts'

export type { LogState } from './shard-log.ts'
export type { LogSubscriber } from './subscribers.ts'

export interface LogDeps {
  redis: RedisProvider
  shards: number
  archive: Archive
  onError: (error: unknown, where: string) => void
  /** A call that appends has ended, after so many ms. */
  onAppend?: (ms: number) => void
  /** A question that writes nothing was answered, after so many ms. */
  onRedis?: (ms: number) => void
}

export class Log {
  readonly #shards: readonly ShardLog[]
  readonly #subscribers = new LogSubscribers()
  readonly #onError: LogDeps['onError']
  #lastPressure: Pressure = 'calm'

  constructor({ redis, shards, archive, onError, onAppend, onRedis }: LogDeps) {
    this.#onError = onError
    const subscribers = this.#subscribers
    const isFull = (): boolean => this.pressure === 'refuse'
    const onFullness = (): void => this.#tellPressure()
    this.#shards = Array.from(
      { length: shards },
      (_, shard) =>
        new ShardLog({ redis, shard, archive, subscribers, isFull, onFullness, onAppend, onRedis, onError }),
    )
  }

  /** Who hears of entries, in this order. To be called once, before the log is opened. */
  subscribe(subscribers: readonly LogSubscriber[]): void {
    this.#subscribers.set(subscribers)
  }

  /** Waits for the stores, opens every shard, and starts following. Reports through onError what it waits for. */
  async open(): Promise<void> {
    await Promise.all(this.#shards.map((shard) => shard.open()))
  }

  /**
   * Numbers what somebody wants to say or change, and keeps it. An answer means kept. `log_unknown` means perhaps: the same
   * cid asked again gives the same number.
   */
  append(draft: Draft): Promise<Appended | Refusal> {
    const shard = this.#shards[this.shardOf(draft.room)]
    return shard === undefined ? Promise.resolve({ code: 'log_unavailable' }) : shard.append(draft)
  }

  /** `open` when every shard is. */
  get state(): LogState {
    if (this.#shards.some(({ state }) => state === 'closed')) return 'closed'
    return this.#shards.every(({ state }) => state === 'open') ? 'open' : 'opening'
  }

  /** True once the log has been open, whatever has happened since: what was read then can be read on. */
  get hasOpened(): boolean {
    return this.#shards.every(({ tail }) => tail !== undefined)
  }

  /** What is wrong with the Redis of a shard, in words for an operator; undefined: nothing. */
  get trouble(): string | undefined {
    return this.#shards.find(({ trouble }) => trouble !== undefined)?.trouble
  }

  /** True when Redis answered one of the last watches of every shard. */
  get isReachable(): boolean {
    return this.#shards.every((shard) => shard.isReachable)
  }

  /** How long ago the Redis answered that has been silent longest, in ms. */
  get silentMs(): number {
    return Math.max(...this.#shards.map((shard) => shard.silentMs))
  }

  /** True while a shard, of several perhaps, takes entries and is heard. */
  get worksSomewhere(): boolean {
    return this.#shards.some((shard) => shard.works)
  }

  /** True while a shard's log goes on and this process reads nothing of it. */
  get isDeaf(): boolean {
    return this.#shards.some((shard) => shard.hearing.isDeaf)
  }

  /** How far the reading of the shard that is furthest behind is behind its log, in ms, as of the last watch. */
  get tailLagMs(): number {
    return Math.max(...this.#shards.map((shard) => shard.hearing.lagMs))
  }

  /** How far the clock of a shard's Redis, or its log, is from ours, in ms: the one that is furthest. */
  get clocksApartMs(): number {
    const all = this.#shards.map((shard) => shard.clocksApartMs)
    return all.reduce((furthest, one) => (Math.abs(one) > Math.abs(furthest) ? one : furthest), 0)
  }

  /** One string for all shards' epochs; a browser that knows another must check its cursors. */
  get epoch(): string {
    return this.#shards.map(({ epoch }) => epoch ?? '').join('.')
  }

  shardOf(room: string): number {
    return shardOf(room, this.#shards.length)
  }

  /** The room's part of the log in memory. Undefined while the log is opening for the first time. */
  tail(room: string): Tail | undefined {
    return this.#shards[this.shardOf(room)]?.tail
  }

  /** A shard's part of the log in memory. */
  shardTail(shard: number): Tail | undefined {
    return this.#shards[shard]?.tail
  }

  /** The newest number of a room that this process has read; 0 before the first. */
  head(room: string): number {
    return this.tail(room)?.head(room) ?? 0
  }

  /** The highest id of a person that this process knows of from the log; 0: none. */
  get highestPerson(): number {
    return Math.max(...this.#shards.map(({ tail }) => tail?.highestPerson ?? 0))
  }

  /** Newest number and time of each room, as this process has read them. */
  heads(rooms: readonly string[]): Map<string, { seq: number; at: number | null }> {
    return new Map(
      rooms.map((room) => [room, { seq: this.head(room), at: this.tail(room)?.headAt(room) ?? null }]),
    )
  }

  /** Entries that MySQL may not have yet, of all rooms; oldest first in each shard. */
  *waiting(): Generator<Entry, void, undefined> {
    for (const { tail } of this.#shards) if (tail !== undefined) yield* tail.waiting()
  }

  /** MySQL has a shard's entries up to `id`: told by sync over the bus, and found by the watch. */
  archivedUpTo(shard: number, id: StreamId): void {
    this.#shards[shard]?.archivedUpTo(id)
  }

  /** Entries that this process knows to be in no table yet. */
  get unarchived(): number {
    return this.#shards.reduce((sum, { tail }) => sum + (tail?.unarchived ?? 0), 0)
  }

  /** How full the backlog is; Redis's own part of it is as old as the last watch. */
  get backlog(): Backlog {
    const bytes = this.#shards.reduce((sum, { tail }) => sum + (tail?.unarchivedBytes ?? 0), 0)
    const redis = Math.max(...this.#shards.map((shard) => shard.fullness))
    return { entries: this.unarchived, bytes, redis }
  }

  get pressure(): Pressure {
    return pressureOf(this.backlog)
  }

  /** True while typing and presence are dropped because the backlog is long. */
  get isShedding(): boolean {
    const { pressure } = this
    return pressure === 'shed' || pressure === 'refuse'
  }

  /** When the oldest entry that is in no table was said, in milliseconds since 1970; undefined when there is none. */
  get waitingSince(): number | undefined {
    const since = this.#shards.flatMap(({ tail }) => tail?.waitingSince ?? [])
    return since.length === 0 ? undefined : Math.min(...since)
  }

  /** Stream length and what sync has reported of itself, summed over the shards that answer. Throws when none does. */
  async archiving(): Promise<{
    length: number
    pending: number
    lag: number
    report: Record<string, number>
  }> {
    const sum = { length: 0, pending: 0, lag: 0, report: {} as Record<string, number> }
    for (const { backlog, report } of await fulfilled(this.#shards.map((shard) => shard.archiving()))) {
      sum.length += backlog.length
      sum.pending += backlog.pending
      sum.lag += backlog.lag ?? 0
      for (const [name, value] of Object.entries(report))
        sum.report[name] = (sum.report[name] ?? 0) + Number(value)
    }
    return sum
  }

  /** Nothing is read or appended any more. Its connections end with the provider's. */
  close(): void {
    for (const shard of this.#shards) shard.close()
  }

  #tellPressure(): void {
    const { pressure } = this
    if (pressure === this.#lastPressure) return
    this.#lastPressure = pressure
    const percent = Math.round(fullness(this.backlog) * 100)
    this.#onError(new Error(`the backlog is ${percent} % full: ${pressure}`), 'pressure')
  }
}

/** Those that are. @throws why the first was not, where none is */
async function fulfilled<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const answers = await Promise.allSettled(asked)
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const [first] = answers
  if (found.length === 0 && first?.status === 'rejected') throw first.reason
  return found
}
