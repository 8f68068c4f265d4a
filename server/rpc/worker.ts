// The side that answers: takes calls from the queues of its functions while it has hands free, and works on them.
// At most once: a call that is taken by a worker that dies is not given to another, its caller hears a timeout.
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '../protocol/limits.ts'
import { whenReady, type Redis } from '../redis.ts'
import type { Calls, Taken } from './calls.ts'
import { at, queueKey, workersKey } from './keys.ts'
import { failure, type Outcome } from './outcome.ts'

export interface CallContext {
  id: string
  /** Aborts when nobody waits for the answer any more: cancelled, or its time is over. */
  signal: AbortSignal
  /** Milliseconds that were left when the call was taken. */
  leftMs: number
}

/** Answers a call. What it throws is our own bug: it is logged, and the caller hears `failed`. */
export type Handler = (params: unknown, context: CallContext) => Promise<Outcome>

export interface WorkerOptions {
  /** A reader of its own (see readerOptions), for it blocks. */
  redis: Redis
  /** Another connection, to wake the first. */
  near: Redis
  calls: Calls
  name: string
  onTrouble: (error: unknown, where: string) => void
}

const blockSeconds = 2

export class Worker {
  readonly #options: WorkerOptions
  readonly #handlers = new Map<string, Handler>()
  readonly #underWay = new Map<string, { cancel: AbortController; done: Promise<void> }>()
  readonly #heartbeat: NodeJS.Timeout
  #turn = 0
  #isClosing = false
  /** What is waited for changes: a function more or less, a hand free, the end. */
  #changed: () => void = () => undefined
  /** The blocking connection as Redis numbers it. */
  #clientId: number | undefined
  readonly #loop: Promise<void>

  constructor(options: WorkerOptions) {
    this.#options = options
    // Asked in the turn in which it is ready, so before it blocks.
    options.redis.on('ready', () => {
      options.redis.client('ID').then(
        (id) => (this.#clientId = id),
        () => undefined,
      )
    })
    this.#heartbeat = setInterval(() => void this.#beat(), limits.calls.heartbeatMs)
    options.near.on('ready', () => void this.#beat())
    this.#loop = this.#run()
  }

  /** Serves a function from when this resolves; the answer stops it. */
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

  /** Takes nothing more, and waits a while for what is under way. */
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
    // Without Redis there is nobody to tell; the next beat comes, and the first after its return at once.
    await calls.alive(this.#names([...this.#handlers.keys()]), name).catch(() => undefined)
  }

  /** Where it says that it serves these functions: for all who do, and at itself alone. */
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
    const { redis, name, onTrouble } = this.#options
    const fns = [...this.#handlers.keys()].flatMap((fn) => [fn, at(fn, name)])
    // BLPOP looks at its keys in their order: another one is first each time, so that none waits for ever.
    const first = this.#turn++ % fns.length
    const keys = [...fns.slice(first), ...fns.slice(0, first)].map(queueKey)
    try {
      const popped = await redis.blpop(keys, blockSeconds)
      if (popped === null) return
      const [key, id] = popped
      const fn = fns.find((one) => queueKey(one) === key) ?? ''
      const handler = this.#handlers.get(fn) ?? this.#handlers.get(fn.slice(0, fn.lastIndexOf('@')))
      // Popped while it stopped serving: the call is for another worker.
      if (handler === undefined) await this.#options.near.lpush(key, id)
      else this.#begin(id, handler)
    } catch (error) {
      if (this.#isClosing) return
      if (redis.status === 'ready') onTrouble(error, 'waiting for calls')
      await Promise.all([pause(50), whenReady(redis, blockSeconds * 1_000).catch(() => undefined)])
    }
  }

  /**
   * The loop goes round: what it waits for has changed. UNBLOCK loses nothing that was popped. Limit: a wait that is on
   * its way to Redis is not blocked yet, and then lasts its blockSeconds.
   */
  #wake(): void {
    this.#changed()
    const { near } = this.#options
    if (this.#clientId !== undefined && near.status === 'ready')
      near.client('UNBLOCK', this.#clientId).catch(() => undefined)
  }

  #begin(id: string, handler: Handler): void {
    const cancel = new AbortController()
    const done = this.#work(id, handler, cancel)
      .catch((error: unknown) => this.#options.onTrouble(error, `call ${id}`))
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
    // Cancelled or late: nobody waits for it, and what is said too late is dropped by Redis as well.
    if (!cancel.signal.aborted) await calls.reply(id, outcome, end - performance.now())
  }

  /** A handler that hangs past the end of its call does not keep its hand. */
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
      this.#options.onTrouble(error, fn)
      return failure('failed')
    })
    return Promise.race([answered, aborted])
  }
}
