// The answering side: takes calls from the queues of its functions while it has free slots, and runs them.
// At most once: if a worker dies with a call, no other gets it, and its caller gets a timeout.
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '../protocol/limits.ts'
import { whenReady, type Redis } from '../redis/client.ts'
import type { Calls, Taken } from './calls.ts'
import { at, queueKey, workersKey } from './keys.ts'
import { failure, type Outcome } from './outcome.ts'

export interface CallContext {
  id: string
  /** Aborts when nobody waits for the answer any more: cancelled, or out of time. */
  signal: AbortSignal
  /** Milliseconds left when the call was taken. */
  leftMs: number
}

/** Answers a call. What it throws is our own bug: it is logged, and the caller gets `failed`. */
export type Handler = (params: unknown, context: CallContext) => Promise<Outcome>

export interface WorkerDeps {
  /** Its own reader connection (see readerOptions), because it blocks. */
  redis: Redis
  /** Another connection, to unblock the first. */
  commands: Redis
  calls: Calls
  name: string
  onError: (error: unknown, where: string) => void
}

const blockSeconds = 2

export class Worker {
  readonly #options: WorkerDeps
  readonly #handlers = new Map<string, Handler>()
  readonly #underWay = new Map<string, { cancel: AbortController; done: Promise<void> }>()
  readonly #heartbeat: NodeJS.Timeout
  #rotation = 0
  #isClosing = false
  /** Called when what it waits for may have changed: the set of functions, a free slot, the end. */
  #changed: () => void = () => undefined
  /** The id that Redis gives the blocking connection. */
  #clientId: number | undefined
  readonly #loop: Promise<void>

  constructor(options: WorkerDeps) {
    this.#options = options
    // Sent when the connection becomes ready, so before it blocks.
    options.redis.on('ready', () => {
      options.redis.client('ID').then(
        (id) => (this.#clientId = id),
        () => undefined,
      )
    })
    this.#heartbeat = setInterval(() => void this.#beat(), limits.calls.heartbeatMs)
    options.commands.on('ready', () => void this.#beat())
    this.#loop = this.#run()
  }

  /** Serves a function from when this resolves; the result stops it. */
  async serve(fn: string, handler: Handler): Promise<() => Promise<void>> {
    if (this.#handlers.has(fn)) throw new Error(`${fn} is served by this process already`)
    this.#handlers.set(fn, handler)
    await this.#beat()
    this.#wake()
    return async () => {
      this.#handlers.delete(fn)
      await this.#options.calls.gone(this.#names([fn]), this.#options.name)
      this.#wake()
    }
  }

  /** Nobody waits for this call any more. */
  cancel(id: string): void {
    this.#underWay.get(id)?.cancel.abort()
  }

  /** Takes no more calls, and waits a while for those in progress. */
  async close(): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#heartbeat)
    const { calls, name, redis } = this.#options
    await calls.gone(this.#names([...this.#handlers.keys()]), name)
    this.#wake()
    await this.#loop
    const late = setTimeout(() => [...this.#underWay.keys()].forEach((id) => this.cancel(id)), limits.drainMs)
    await Promise.all([...this.#underWay.values()].map(({ done }) => done))
    clearTimeout(late)
    redis.disconnect()
  }

  async #beat(): Promise<void> {
    if (this.#isClosing) return
    const { calls, name } = this.#options
    // While Redis is down this fails; the next heartbeat follows, and the first after the reconnect comes at once.
    await calls.alive(this.#names([...this.#handlers.keys()]), name).catch(() => undefined)
  }

  /** The keys under which it announces these functions: shared by all workers, and its own. */
  #names(fns: readonly string[]): string[] {
    return fns.flatMap((fn) => [workersKey(fn), workersKey(at(fn, this.#options.name))])
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      const changed = new Promise<void>((resolve) => (this.#changed = resolve))
      const isIdle = this.#handlers.size === 0 || this.#underWay.size >= limits.calls.atOnce
      if (isIdle) await changed
      else await this.#next()
    }
  }

  async #next(): Promise<void> {
    const { redis, name, onError } = this.#options
    const fns = [...this.#handlers.keys()].flatMap((fn) => [fn, at(fn, name)])
    // BLPOP checks its keys in order: rotate them, so that none waits for ever.
    const first = this.#rotation++ % fns.length
    const keys = [...fns.slice(first), ...fns.slice(0, first)].map(queueKey)
    try {
      const popped = await redis.blpop(keys, blockSeconds)
      if (popped === null) return
      const [key, id] = popped
      const fn = fns.find((one) => queueKey(one) === key) ?? ''
      const handler = this.#handlers.get(fn) ?? this.#handlers.get(fn.slice(0, fn.lastIndexOf('@')))
      // Popped just when it stopped serving: the call is for another worker.
      if (handler === undefined) await this.#options.commands.lpush(key, id)
      else this.#begin(id, handler)
    } catch (error) {
      if (this.#isClosing) return
      if (redis.status === 'ready') onError(error, 'waiting for calls')
      await Promise.all([pause(50), whenReady(redis, blockSeconds * 1_000).catch(() => undefined)])
    }
  }

  /**
   * Wakes the loop: what it waits for has changed. UNBLOCK loses nothing that was popped. Limit: a wait that is still on
   * its way to Redis is not blocked yet, and then lasts its blockSeconds.
   */
  #wake(): void {
    this.#changed()
    const { commands } = this.#options
    if (this.#clientId !== undefined && commands.status === 'ready')
      commands.client('UNBLOCK', this.#clientId).catch(() => undefined)
  }

  #begin(id: string, handler: Handler): void {
    const cancel = new AbortController()
    const done = this.#work(id, handler, cancel)
      .catch((error: unknown) => this.#options.onError(error, `call ${id}`))
      .finally(() => {
        this.#underWay.delete(id)
        this.#changed()
      })
    this.#underWay.set(id, { cancel, done })
  }

  async #work(id: string, handler: Handler, cancel: AbortController): Promise<void> {
    const { calls, name } = this.#options
    const taken = await calls.take(id, name)
    if (taken === undefined) return
    const end = performance.now() + taken.leftMs
    const late = setTimeout(() => cancel.abort(), taken.leftMs)
    const outcome = await this.#answer(id, handler, taken, cancel.signal).finally(() => clearTimeout(late))
    // Cancelled or late: nobody waits for it, and Redis would drop a late reply too.
    if (!cancel.signal.aborted) await calls.reply(id, outcome, end - performance.now())
  }

  /** A handler that hangs past the end of its call does not keep its slot. */
  async #answer(
    id: string,
    handler: Handler,
    { fn, params, leftMs }: Taken,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const aborted = new Promise<Outcome>((resolve) => {
      signal.addEventListener('abort', () => resolve(failure('cancelled')), { once: true })
    })
    const answered = handler(params, { id, signal, leftMs }).catch((error: unknown) => {
      this.#options.onError(error, fn)
      return failure('failed')
    })
    return Promise.race([answered, aborted])
  }
}
