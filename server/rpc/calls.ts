// The calls as Redis holds them: each step is one script, so it happens completely or not at all. Asking, taking and
// replying are idempotent, so after a lost connection the step is repeated.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '../protocol/limits.ts'
import { whenReady, type Redis } from '../redis/client.ts'
import { root } from '../root.ts'
import { callKey, channelPrefix, queueKey, workersKey } from './keys.ts'
import { carried, type Outcome } from './outcome.ts'

/** The state of a call. */
export interface Call {
  id: string
  fn: string
  state: 'waiting' | 'taken' | 'answered'
  /** The worker that runs it. */
  worker?: string
  /** Removed once it is answered. */
  params?: unknown
  outcome?: Outcome
}

/** A call that a worker has taken. */
export interface Taken {
  fn: string
  params: unknown
  leftMs: number
}

export type Asked =
  | { state: 'waits' | 'nobody' | 'full' | 'other' | 'unavailable' }
  | { state: 'answered'; outcome: Outcome }

const scripts = ['ask', 'take', 'reply', 'leave', 'alive'] as const
type Run = (keys: number, ...keysAndArguments: (string | number)[]) => Promise<unknown>
type Scripted = Record<(typeof scripts)[number], Run>

/** How long a read of Redis waits for it. */
const patienceMs = 2_000

export class Calls {
  readonly #redis: Redis
  readonly #run: Scripted

  /** `redis`: a writer (see writerOptions); it queues and resends nothing by itself. */
  constructor(redis: Redis) {
    this.#redis = redis
    const define = (name: string): Run => {
      const lua = readFileSync(path.join(root, `server/rpc/${name}.lua`), 'utf8')
      const command = `brookRpc${name}`
      redis.defineCommand(command, { lua })
      return (redis as unknown as Record<string, Run>)[command]?.bind(redis) as Run
    }
    this.#run = Object.fromEntries(scripts.map((name) => [name, define(name)])) as Scripted
  }

  async ask(id: string, fn: string, params: string, process: string, timeoutMs: number): Promise<Asked> {
    const { lingerMs, waiting } = limits.calls
    const said = await this.#insist(timeoutMs, () =>
      this.#run.ask(
        3,
        ...[callKey(id), queueKey(fn), workersKey(fn)],
        ...[id, fn, params, process, timeoutMs, lingerMs, waiting],
      ),
    )
    if (typeof said !== 'string') return { state: 'unavailable' }
    if (said.startsWith('ANSWERED '))
      return { state: 'answered', outcome: JSON.parse(said.slice('ANSWERED '.length)) as Outcome }
    return { state: said.toLowerCase() as 'waits' | 'nobody' | 'full' | 'other' }
  }

  /** Undefined: it does not exist any more, is late, answered or another worker's. */
  async take(id: string, worker: string): Promise<Taken | undefined> {
    const said = await this.#insist(limits.calls.lingerMs, () => this.#run.take(1, callKey(id), worker))
    if (!Array.isArray(said)) return undefined
    const [fn, params, left] = said as [string, string, string]
    return { fn, params: JSON.parse(params) as unknown, leftMs: Number(left) }
  }

  /** False: the answer was late, or the second one, and was dropped. */
  async reply(id: string, outcome: Outcome, withinMs: number): Promise<boolean> {
    const answer = carried(outcome)
    const said = await this.#insist(withinMs, () =>
      this.#run.reply(1, callKey(id), id, answer, limits.calls.answerKeptMs, channelPrefix(this.#redis)),
    )
    return said === 1
  }

  /** If Redis is down and cannot be told, the call expires by itself. */
  async leave(id: string, fn: string, process: string): Promise<void> {
    const keys = [callKey(id), queueKey(fn)]
    await this.#run.leave(2, ...keys, id, process, channelPrefix(this.#redis)).catch(() => undefined)
  }

  async find(id: string): Promise<Call | undefined> {
    const fields = await this.#insist(patienceMs, () => this.#redis.hgetall(callKey(id)))
    if (fields === undefined) throw new Error('Redis is down')
    const { fn, params, worker, answer } = fields
    if (fn === undefined) return undefined
    const state = answer !== undefined ? 'answered' : worker !== undefined ? 'taken' : 'waiting'
    return {
      id,
      fn,
      state,
      ...(worker === undefined ? {} : { worker }),
      ...(params === undefined ? {} : { params: JSON.parse(params) as unknown }),
      ...(answer === undefined ? {} : { outcome: JSON.parse(answer) as Outcome }),
    }
  }

  /** The current members of a sorted set of `alive`, sorted; none while Redis is down. */
  async living(key: string): Promise<string[]> {
    const time = await this.#insist(patienceMs, () => this.#redis.time())
    if (time === undefined) return []
    const [seconds, micros] = time
    const now = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
    const names = await this.#redis.zrangebyscore(key, `(${now}`, '+inf')
    return names.sort()
  }

  /** Records that this member is alive; while Redis is down it retries for one heartbeat. */
  async alive(keys: readonly string[], member: string): Promise<void> {
    if (keys.length === 0) return
    const { heartbeatMs, workerGoneMs } = limits.calls
    await this.#insist(heartbeatMs, () => this.#run.alive(keys.length, ...keys, member, workerGoneMs))
  }

  /** Records that it is gone; if that fails, the record expires by itself. */
  async gone(keys: readonly string[], member: string): Promise<void> {
    for (const key of keys) await this.#redis.zrem(key, member).catch(() => undefined)
  }

  /** Repeats a step until it is answered; undefined if Redis stays down for too long. */
  async #insist<T>(withinMs: number, step: () => Promise<T>): Promise<T | undefined> {
    const end = performance.now() + withinMs
    for (;;) {
      try {
        return await step()
      } catch (error) {
        const left = end - performance.now()
        if (!isAway(error)) throw error
        if (left <= 0) return undefined
        await Promise.all([pause(Math.min(left, 20)), whenReady(this.#redis, left).catch(() => undefined)])
      }
    }
  }
}

const isAway = (error: unknown): boolean =>
  /timed out|Connection is closed|isn't writeable|max retries|ECONN|EPIPE|ENOENT|LOADING|READONLY|NOPERM|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|^ASK|OOM/.test(
    (error as Error).message,
  )
