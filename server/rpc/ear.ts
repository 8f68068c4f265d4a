// The one subscription of this process: answers to its calls, and that nobody waits for a call it works on.
import type { Redis } from '../redis.ts'

export interface EarOptions {
  /** A subscriber, see subscriberOptions. */
  redis: Redis
  channel: string
  onMessage: (text: string) => void
  /** It hears again after a while in which something may have been said. */
  onReturn: () => void
  onTrouble: (error: unknown, where: string) => void
}

export class Ear {
  readonly #redis: Redis
  #isHearing = false
  readonly #waiters = new Set<() => void>()

  /** How often it has begun to hear: a call asked in one time and looked at in another may have missed its answer. */
  times = 0

  constructor({ redis, channel, onMessage, onReturn, onTrouble }: EarOptions) {
    this.#redis = redis
    const listen = (): void => {
      redis.subscribe(channel).then(
        () => {
          this.#isHearing = true
          this.times += 1
          for (const tell of this.#waiters) tell()
          if (this.times > 1) onReturn()
        },
        (error: unknown) => {
          onTrouble(error, 'listening for answers')
          // Connected and deaf would be worse than away.
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

  /** True once it hears; false when it does not within that time. */
  async hears(withinMs: number): Promise<boolean> {
    if (this.#isHearing) return true
    return new Promise((resolve) => {
      const end = (hears: boolean): void => {
        clearTimeout(timer)
        this.#waiters.delete(tell)
        resolve(hears)
      }
      const tell = (): void => end(true)
      const timer = setTimeout(() => end(false), withinMs)
      this.#waiters.add(tell)
    })
  }

  close(): void {
    this.#redis.disconnect()
  }
}
