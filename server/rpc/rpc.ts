// Request and reply between processes, over Redis. The caller subscribes before it asks. Every call ends within its time:
// with an answer, or a failure with a code. See docs/rpc.md.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis/client.ts'
import type { RpcRedis } from '../redis/provider.ts'
import { Announcements } from './announcements.ts'
import { Calls, type Call } from './calls.ts'
import { Subscriber } from './subscriber.ts'
import { channelOf, workersKey } from './keys.ts'
import { failure, type FailureCode, type Outcome } from './outcome.ts'
import { Worker, type Handler } from './worker.ts'

export { at } from './keys.ts'
export type { CallContext } from './worker.ts'
export type { Outcome } from './outcome.ts'

export interface RequestOptions {
  /** How long an answer is useful; the default is limits.calls.timeoutMs.default. */
  timeoutMs?: number
  signal?: AbortSignal
}

export interface RpcDeps {
  /** RedisProvider.rpc: this class makes its connections there and ends them. */
  redis: RpcRedis
  onError: (error: unknown, where: string) => void
  /** Called for each request that ended, with `ok` or the code of its failure. */
  onEnded?: (fn: string, outcome: string, seconds: number) => void
}

/** A call that this process waits for; several may ask for the same id. */
interface Pending {
  settles: Set<(outcome: Outcome) => void>
  /** Redis has it, so its absence there means that it is lost. */
  isAsked: boolean
}

const looksEveryMs = 100
const idPattern = /^[\w:.@-]{1,160}$/

function requireDeps({ redis, onError }: Partial<RpcDeps>): void {
  if (typeof redis?.writer !== 'function' || typeof redis.subscriber !== 'function')
    throw new TypeError(
      'Rpc needs redis: new RedisProvider(address).rpc, where it makes connections of its own',
    )
  if (typeof onError !== 'function') throw new TypeError('Rpc needs onError: (error, where) => …')
}

export class Rpc {
  /** The name of this process, as caller and as worker. */
  readonly name = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`
  readonly #options: RpcDeps
  readonly #commands: Redis
  readonly #calls: Calls
  readonly #subscriber: Subscriber
  readonly #announcements: Announcements
  readonly #pending = new Map<string, Pending>()
  #worker: Worker | undefined

  /** @throws TypeError if it is given something else, such as a client: plain JavaScript calls this too */
  constructor(options: RpcDeps) {
    requireDeps(options)
    this.#options = options
    this.#commands = options.redis.writer(2_000)
    this.#calls = new Calls(this.#commands)
    this.#announcements = new Announcements(this.#calls, this.#commands, this.name)
    this.#subscriber = new Subscriber({
      redis: options.redis.subscriber(),
      channel: channelOf(this.#commands, this.name),
      onMessage: (text) => this.#receive(text),
      onReturn: () => void this.#lookAtAll(),
      onError: options.onError,
    })
  }

  /** Requests of this process that have not ended. */
  get underWay(): number {
    return this.#pending.size
  }

  /**
   * Calls `fn(params)` and waits for the outcome. Asking again with an id that Redis still knows is the same
   * call: it waits for it, or gets its answer again. Never throws for a failed call.
   */
  async request(
    id: string,
    fn: string,
    params: unknown,
    { timeoutMs = limits.calls.timeoutMs.default, signal }: RequestOptions = {},
  ): Promise<Outcome> {
    const began = performance.now()
    const text = JSON.stringify(params ?? null)
    const outcome =
      Buffer.byteLength(text) > limits.calls.paramsBytes
        ? failure('too_large')
        : !idPattern.test(id)
          ? failure('bad_id')
          : signal?.aborted === true
            ? failure('cancelled')
            : await this.#wait(id, fn, text, Math.min(timeoutMs, limits.calls.timeoutMs.max), signal)
    const code = 'error' in outcome ? outcome.error.code : 'ok'
    this.#options.onEnded?.(fn, code, (performance.now() - began) / 1_000)
    return outcome
  }

  /** The state of a call; undefined if it never existed, or is forgotten. */
  getCall(id: string): Promise<Call | undefined> {
    return this.#calls.find(id)
  }

  /** Answers a call from outside a handler. False: it was late or already answered, and was dropped. */
  reply(id: string, outcome: Outcome): Promise<boolean> {
    return this.#calls.reply(id, outcome, limits.calls.lingerMs)
  }

  /** Serves a function, sharing it with other workers; see Handler. The result stops serving. */
  serve(fn: string, handler: Handler): Promise<() => Promise<void>> {
    this.#worker ??= new Worker({
      redis: this.#options.redis.reader(),
      commands: this.#commands,
      calls: this.#calls,
      name: this.name,
      onError: this.#options.onError,
    })
    return this.#worker.serve(fn, handler)
  }

  /** The processes that serve a function. `at(fn, worker)` asks one of them only. */
  workers(fn: string): Promise<string[]> {
    return this.#calls.living(workersKey(fn))
  }

  /** Announces `text` of this process under a topic, until it is withdrawn (by the result) or the process ends. */
  announce(topic: string, text: string): Promise<() => Promise<void>> {
    return this.#announcements.publish(topic, text)
  }

  /** What running processes announce under a topic. */
  announced(topic: string): Promise<string[]> {
    return this.#announcements.read(topic)
  }

  /** Lets the calls that it runs end, and gives up those that it waits for. */
  async close(): Promise<void> {
    await this.#announcements.close()
    await this.#worker?.close()
    for (const { settles } of this.#pending.values())
      for (const settle of settles) settle(failure('cancelled'))
    this.#subscriber.close()
    this.#commands.disconnect()
  }

  #wait(
    id: string,
    fn: string,
    params: string,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const pending = this.#pending.get(id) ?? { settles: new Set(), isAsked: false }
    this.#pending.set(id, pending)
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
        pending.settles.delete(settle)
        if (pending.settles.size === 0 && this.#pending.get(id) === pending) this.#pending.delete(id)
        resolve(outcome)
      }
      const giveUp = (code: FailureCode): void => {
        settle(failure(code))
        if (pending.settles.size === 0) void this.#calls.leave(id, fn, this.name)
      }
      const cancel = (): void => giveUp('cancelled')
      const timer = setTimeout(() => giveUp(pending.isAsked ? 'timeout' : 'unavailable'), timeoutMs)
      signal?.addEventListener('abort', cancel)
      pending.settles.add(settle)
      const isWanted = (): boolean => pending.settles.has(settle)
      this.#ask({ id, fn, params, timeoutMs, pending, isWanted }).then((code) => {
        if (code !== undefined && isWanted()) settle(code)
      }, reject)
    })
  }

  /** Phase 1: subscribe. Phase 2: ask. Later messages are received or, after an interruption, looked up. */
  async #ask({ id, fn, params, timeoutMs, pending, isWanted }: Question): Promise<Outcome | undefined> {
    const began = performance.now()
    const left = (): number => timeoutMs - (performance.now() - began)
    if (!(await this.#subscriber.isReady(timeoutMs))) return undefined
    while (isWanted()) {
      const { subscriptions } = this.#subscriber
      const asked = await this.#calls.ask(id, fn, params, this.name, Math.max(1, Math.ceil(left())))
      switch (asked.state) {
        case 'answered':
          return asked.outcome
        case 'full':
          return failure('busy')
        case 'other':
          return failure('bad_id')
        case 'unavailable':
          return failure('unavailable')
        case 'waits':
          pending.isAsked = true
          if (!isWanted() && pending.settles.size === 0) await this.#calls.leave(id, fn, this.name)
          else if (subscriptions !== this.#subscriber.subscriptions) await this.#look(id, pending)
          return undefined
        case 'nobody':
          // A worker that is restarting, or about to start, gets a moment.
          if (performance.now() - began > limits.calls.noWorkerMs) return failure('no_worker')
          await pause(looksEveryMs)
      }
    }
    return undefined
  }

  #receive(text: string): void {
    const [what, id = ''] = text.split(' ', 2)
    if (what === 'c') return this.#worker?.cancel(id)
    const outcome = JSON.parse(text.slice(`a ${id} `.length)) as Outcome
    for (const settle of this.#pending.get(id)?.settles ?? []) settle(outcome)
  }

  async #lookAtAll(): Promise<void> {
    for (const [id, pending] of [...this.#pending])
      if (pending.isAsked)
        await this.#look(id, pending).catch((error: unknown) => this.#options.onError(error, `call ${id}`))
  }

  async #look(id: string, { settles }: Pending): Promise<void> {
    const call = await this.#calls.find(id)
    const outcome = call === undefined ? failure('lost') : call.outcome
    if (outcome !== undefined) for (const settle of settles) settle(outcome)
  }
}

interface Question {
  id: string
  fn: string
  params: string
  timeoutMs: number
  pending: Pending
  /** False once the request has ended here. */
  isWanted: () => boolean
}
