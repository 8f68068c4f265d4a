// The one subscription of this process: answers to its calls, and cancellations of the calls it works on.
import type { Redis } from '../redis/client.ts'

export interface SubscriberDeps {
  /** A subscriber connection, see subscriberOptions. */
  redis: Redis
  channel: string
  onMessage: (text: string) => void
  /** It is subscribed again after an interruption in which messages may have been missed. */
  onReturn: () => void
  onError: (error: unknown, where: string) => void
}

export class Subscriber {
  readonly #redis: Redis
  #isHearing = false
  readonly #waiters = new Set<() => void>()

  /** How often it has subscribed: a call asked before and checked after an interruption may have missed its answer. */
  subscriptions = 0

  constructor({ redis, channel, onMessage, onReturn, onError }: SubscriberDeps) {
    this.#redis = redis
    const listen = (): void => {
      redis.subscribe(channel).then(
        () => {
          this.#isHearing = true
          this.subscriptions += 1
          for (const wake of this.#waiters) wake()
          if (this.subscriptions > 1) onReturn()
        },
        (error: unknown) => {
          onError(error, 'listening for answers')
          // Connected but not subscribed would be worse than disconnected.
          if (redis.status === 'ready') redis.disconnect(true)
        },
      )
    }
    redis.on('message', (_channel, text) => onMessage(text))
    redis.on('ready', listen)
    redis.on('close', () => {
      this.#isHearing = false
    })
    if (redis.status === 'ready') listen()
  }

  /** True once it is subscribed; false if that does not happen in time. */
  async isReady(withinMs: number): Promise<boolean> {
    if (this.#isHearing) return true
    return new Promise((resolve) => {
      const end = (hears: boolean): void => {
        clearTimeout(timer)
        this.#waiters.delete(wake)
        resolve(hears)
      }
      const wake = (): void => end(true)
      const timer = setTimeout(() => end(false), withinMs)
      this.#waiters.add(wake)
    })
  }

  close(): void {
    this.#redis.disconnect()
  }
}
