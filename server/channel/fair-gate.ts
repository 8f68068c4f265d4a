// So many pieces of work at once, in all and for each key; the others wait, and the keys take turns: whoever asks for a
// hundred is let in no more often than whoever asks for one.
import { Queue } from './queue.ts'
import { wait, type Waiter } from './wait.ts'

export interface FairGateLimits {
  /** Inside at once, in all and of one key. */
  atOnce: number
  ofOne: number
  /** Of one key that may wait. */
  waiting: number
}

/** Gives a place back. Calling it twice is the same as once. */
export type Leave = () => void

interface Place {
  inside: number
  waiting: Queue<Waiter<Leave>>
}

/** Invariant, kept by `#admit`: nobody waits who could be inside. A key without anybody is not remembered. */
export class FairGate {
  readonly #limits: FairGateLimits
  /** In the order in which they are let in next: whoever was let in or has left moves to the end. */
  readonly #places = new Map<string, Place>()
  #inside = 0

  constructor(limits: FairGateLimits) {
    this.#limits = limits
  }

  /**
   * A place, once there is one; undefined if too many of this key wait already.
   * @throws the signal's reason if that aborts while it waits
   */
  enter(key: string, signal?: AbortSignal): Promise<Leave> | undefined {
    const place = this.#places.get(key) ?? { inside: 0, waiting: new Queue() }
    if (place.waiting.length >= this.#limits.waiting) return undefined
    this.#places.set(key, place)
    const entered = wait<Leave>(signal, (waiter) => {
      place.waiting.push(waiter)
      return () => {
        place.waiting.remove(waiter)
        this.#forget(key, place)
      }
    })
    this.#admit()
    return entered
  }

  #admit(): void {
    const { atOnce, ofOne } = this.#limits
    for (const [key, place] of this.#places) {
      if (this.#inside >= atOnce) return
      if (place.inside >= ofOne) continue
      const waiter = place.waiting.shift()
      if (waiter === undefined) continue
      place.inside += 1
      this.#inside += 1
      this.#toTheEnd(key, place)
      waiter.done(this.#leaving(key, place))
    }
  }

  #leaving(key: string, place: Place): Leave {
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      place.inside -= 1
      this.#inside -= 1
      this.#toTheEnd(key, place)
      this.#forget(key, place)
      this.#admit()
    }
  }

  #toTheEnd(key: string, place: Place): void {
    this.#places.delete(key)
    this.#places.set(key, place)
  }

  #forget(key: string, place: Place): void {
    if (place.inside === 0 && place.waiting.length === 0) this.#places.delete(key)
  }
}
