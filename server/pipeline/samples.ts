// What every process says of itself, in Redis: its last sample, and its last hour in coarse steps. Bounded: a hash with a field
// for each process that lives, and for each of them a ring that ends an hour after its last step.
import type { Redis } from '../redis/client.ts'
import { pipelineLimits } from '../protocol/pipeline-limits.ts'
import type { Happened, Kind, Reading } from './figures.ts'

const { stepMs, keptMs, goneMs } = pipelineLimits

export interface Who {
  /** A name that no other process has. */
  name: string
  kind: Kind
  host: string
  pid: number
  /** Which of the processes behind one port; null: the only one. */
  worker: number | null
  /** When it began, in ms since 1970. */
  since: number
}

/** The webhook that is furthest behind: how many entries wait, and since when (ms since 1970). */
export interface WaitingHook {
  id: string
  entries: number
  since: number
}

export interface Sample extends Who, Happened {
  /** ms since 1970, by its own clock. */
  at: number
  gauged: Reading['gauged']
  /** True: the log goes on, and this process hears nothing of it. */
  isDeaf: boolean
  isFull: boolean
  hook: WaitingHook | null
}

/** One step of an hour: of a process, or what all of them see alike. */
export interface Point {
  /** Which step since 1970. */
  step: number
  values: Record<string, number>
  timed?: Happened['timed']
}

const steps = keptMs / stepMs
const nowKey = 'brook:pipeline:now'
const hourKey = (name: string): string => `brook:pipeline:hour:${name}`

export const stepOf = (at: number): number => Math.floor(at / stepMs)

export class Samples {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async put(sample: Sample): Promise<void> {
    await this.#redis.hset(nowKey, sample.name, JSON.stringify(sample))
  }

  async keep(name: string, point: Point): Promise<void> {
    await this.#redis.hset(hourKey(name), String(point.step % steps), JSON.stringify(point))
    await Promise.all([hourKey(name), nowKey].map((key) => this.#redis.pexpire(key, keptMs)))
  }

  /** This process says no more. */
  async withdraw(name: string): Promise<void> {
    await this.#redis.hdel(nowKey, name)
  }

  /** Of all processes that have reported within the last minute. */
  async all(now: number): Promise<Sample[]> {
    const fields = Object.values(await this.#redis.hgetall(nowKey)).map((text) => JSON.parse(text) as Sample)
    const gone = fields.filter(({ at }) => now - at > goneMs)
    if (gone.length > 0) await this.#redis.hdel(nowKey, ...gone.map(({ name }) => name))
    return fields.filter(({ at }) => now - at <= goneMs)
  }

  /** The last hour of one of them, in no order. */
  async hourOf(name: string, now: number): Promise<Point[]> {
    const oldest = stepOf(now) - steps
    const all = Object.values(await this.#redis.hgetall(hourKey(name)))
    return all.map((text) => JSON.parse(text) as Point).filter(({ step }) => step > oldest)
  }
}
