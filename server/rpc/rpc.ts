// Request and reply between processes, over Redis. The caller listens before it asks; what becomes of a call is always
// told, in its time: an answer, or a failure with a code. See docs/rpc.md.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { RedisAddress } from '../config.ts'
import { limits } from '../protocol/limits.ts'
import { connectRedis, readerOptions, subscriberOptions, writerOptions, type Redis } from '../redis.ts'
import { Announcements } from './announcements.ts'
import { Calls, type Call } from './calls.ts'
import { Ear } from './ear.ts'
import { channelOf, workersKey } from './keys.ts'
import { failure, type FailureCode, type Outcome } from './outcome.ts'
import { Worker, type Handler } from './worker.ts'

export { at } from './keys.ts'
export type { CallContext } from './worker.ts'
export type { Outcome } from './outcome.ts'

export interface RequestOptions {
  /** Until when an answer helps; limits.calls.timeoutMs.usual when not given. */
  timeoutMs?: number
  signal?: AbortSignal
}

export interface RpcOptions {
  redis: RedisAddress
  onTrouble: (error: unknown, where: string) => void
  /** Each request that ended, with `ok` or the code of its failure. */
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

export class Rpc {
  /** What this process is called among the others, as caller and as worker. */
  readonly name = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`
  readonly #options: RpcOptions
  readonly #near: Redis
  readonly #calls: Calls
  readonly #ear: Ear
  readonly #announcements: Announcements
  readonly #pending = new Map<string, Pending>()
  #worker: Worker | undefined

  constructor(options: RpcOptions) {
    this.#options = options
    this.#near = connectRedis(options.redis, writerOptions(2_000))
    this.#calls = new Calls(this.#near)
    this.#announcements = new Announcements(this.#calls, this.#near, this.name)
    this.#ear = new Ear({
      redis: connectRedis(options.redis, subscriberOptions),
      channel: channelOf(this.name),
      onMessage: (text) => this.#hear(text),
      onReturn: () => void this.#lookAtAll(),
      onTrouble: options.onTrouble,
    })
  }

  /** Requests of this process that have not ended. */
  get underWay(): number {
    return this.#pending.size
  }

  /**
   * Asks for `fn(params)` and waits for what becomes of it. Asking again with an id that Redis still knows is the same
   * call: it is waited for, or its answer is given again. Never throws for what happens to the call.
   */
  async request(
    id: string,
    fn: string,
    params: unknown,
    { timeoutMs = limits.calls.timeoutMs.usual, signal }: RequestOptions = {},
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
            : await this.#wait(id, fn, text, Math.min(timeoutMs, limits.calls.timeoutMs.most), signal)
    const told = 'error' in outcome ? outcome.error.code : 'ok'
    this.#options.onEnded?.(fn, told, (performance.now() - began) / 1_000)
    return outcome
  }

  /** A call as it stands; undefined when it never was, or is forgotten. */
  getCall(id: string): Promise<Call | undefined> {
    return this.#calls.find(id)
  }

  /** Answers a call from outside a handler. False: it came late or second, and was dropped. */
  reply(id: string, outcome: Outcome): Promise<boolean> {
    return this.#calls.reply(id, outcome, limits.calls.lingerMs)
  }

  /** Serves a function, together with whoever else does; see Handler. The answer stops it. */
  serve(fn: string, handler: Handler): Promise<() => Promise<void>> {
    this.#worker ??= new Worker({
      redis: connectRedis(this.#options.redis, readerOptions),
      near: this.#near,
      calls: this.#calls,
      name: this.name,
      onTrouble: this.#options.onTrouble,
    })
    return this.#worker.serve(fn, handler)
  }

  /** The processes that serve a function. One of them alone is asked as `at(fn, worker)`. */
  workers(fn: string): Promise<string[]> {
    return this.#calls.living(workersKey(fn))
  }

  /** Says `text` of this process under a topic, until it is taken back (the answer does), or the process ends. */
  announce(topic: string, text: string): Promise<() => Promise<void>> {
    return this.#announcements.say(topic, text)
  }

  /** What living processes say under a topic. */
  announced(topic: string): Promise<string[]> {
    return this.#announcements.hear(topic)
  }

  /** Lets what it works on end, and gives up what it waits for. */
  async close(): Promise<void> {
    await this.#announcements.close()
    await this.#worker?.close()
    for (const { settles } of this.#pending.values())
      for (const settle of settles) settle(failure('cancelled'))
    this.#ear.close()
    this.#near.disconnect()
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

  /** Phase 1: listen. Phase 2: ask. What follows is heard, or, after a time of deafness, looked at. */
  async #ask({ id, fn, params, timeoutMs, pending, isWanted }: Question): Promise<Outcome | undefined> {
    const began = performance.now()
    const left = (): number => timeoutMs - (performance.now() - began)
    if (!(await this.#ear.hears(timeoutMs))) return undefined
    while (isWanted()) {
      const { times } = this.#ear
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
          else if (times !== this.#ear.times) await this.#look(id, pending)
          return undefined
        case 'nobody':
          // A worker that restarts, or is about to start, gets a moment.
          if (performance.now() - began > limits.calls.noWorkerMs) return failure('no_worker')
          await pause(looksEveryMs)
      }
    }
    return undefined
  }

  #hear(text: string): void {
    const [what, id = ''] = text.split(' ', 2)
    if (what === 'c') return this.#worker?.cancel(id)
    const outcome = JSON.parse(text.slice(`a ${id} `.length)) as Outcome
    for (const settle of this.#pending.get(id)?.settles ?? []) settle(outcome)
  }

  async #lookAtAll(): Promise<void> {
    for (const [id, pending] of [...this.#pending])
      if (pending.isAsked)
        await this.#look(id, pending).catch((error: unknown) => this.#options.onTrouble(error, `call ${id}`))
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
  /** False once it has ended here. */
  isWanted: () => boolean
}
