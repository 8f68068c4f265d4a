// One at a time writes an upload, over all processes: a lock in Redis that ends by itself when its holder is killed. Whoever wants
// it asks the holder to let go: a browser that comes back does not wait for the connection that it has lost.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Lock, Locker } from '@tus/server'
import type { Bus } from '../../bus.ts'
import type { Redis } from '../../redis/client.ts'

/** How long a lock lasts without its holder, and how often the holder renews it; how often others ask for it, and for how long. */
const leaseMs = 5_000
const renewEveryMs = 1_500
const askEveryMs = 100
const patienceMs = 20_000

const keyOf = (id: string): string => `brook:upload:${id}`

const renewOwn = `if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0`
const removeOwn = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`

type LetGo = () => Promise<void> | void

interface Held {
  token: string
  /** Asks its holder to stop. */
  letGo: LetGo
  timer: NodeJS.Timeout
}

/** Somebody else writes it, and does not let go. tus-js-client tries again. */
const locked = { status_code: 423, body: 'locked' }

export interface UploadLocksDeps {
  redis: () => Pick<Redis, 'set' | 'eval'>
  bus: Pick<Bus, 'publish'>
  /** How long a lock is waited for. */
  waitMs?: number
}

export class UploadLocks implements Locker {
  readonly #redis: UploadLocksDeps['redis']
  readonly #bus: UploadLocksDeps['bus']
  readonly #waitMs: number
  readonly #held = new Map<string, Held>()

  constructor({ redis, bus, waitMs = patienceMs }: UploadLocksDeps) {
    this.#redis = redis
    this.#bus = bus
    this.#waitMs = waitMs
  }

  /** Uploads that this process writes. */
  get size(): number {
    return this.#held.size
  }

  newLock(id: string): Lock {
    return {
      lock: (signal, letGo) => this.#take(id, signal, letGo),
      unlock: () => this.#release(id),
    }
  }

  /** `locked`: somebody else holds it for long. */
  async with<T>(id: string, work: () => Promise<T>): Promise<T | 'locked'> {
    try {
      await this.#take(id, undefined, () => undefined)
    } catch (error) {
      if (error === locked) return 'locked'
      throw error
    }
    try {
      return await work()
    } finally {
      await this.#release(id)
    }
  }

  /** Another process wants it. */
  wanted(id: string): void {
    void this.#held.get(id)?.letGo()
  }

  async #take(id: string, signal: AbortSignal | undefined, letGo: LetGo): Promise<void> {
    const token = randomUUID()
    const until = performance.now() + this.#waitMs
    while (performance.now() < until && signal?.aborted !== true) {
      if (!this.#held.has(id) && (await this.#redis().set(keyOf(id), token, 'PX', leaseMs, 'NX')) === 'OK') {
        const timer = setInterval(() => void this.#renew(id), renewEveryMs)
        this.#held.set(id, { token, letGo, timer })
        return
      }
      if (this.#held.has(id)) this.wanted(id)
      else this.#bus.publish({ kind: 'upload-wanted', id })
      await pause(askEveryMs)
    }
    throw locked
  }

  async #renew(id: string): Promise<void> {
    const held = this.#held.get(id)
    if (held === undefined) return
    // Redis that is away gives it to nobody else.
    const isOurs = await this.#redis()
      .eval(renewOwn, 1, keyOf(id), held.token, leaseMs)
      .catch(() => 1)
    if (isOurs === 0) void held.letGo()
  }

  async #release(id: string): Promise<void> {
    const held = this.#held.get(id)
    if (held === undefined) return
    clearInterval(held.timer)
    this.#held.delete(id)
    await this.#redis()
      .eval(removeOwn, 1, keyOf(id), held.token)
      .catch(() => undefined)
  }
}
