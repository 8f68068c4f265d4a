// The numbers of all workers for the one that was asked for /metrics. A worker that does not answer in time is left out:
// brook_workers says how many answered.
import type { Worker } from 'node:cluster'
import type { Numbers } from '../metrics.ts'
import type { Order, Told } from './words.ts'

/** Prometheus waits 10 s; a worker that takes this long hangs. */
const gatherWithinMs = 1_000

export class Gathering {
  readonly #workers: () => Worker[]
  readonly #order: (worker: Worker, order: Order) => void
  readonly #waiting = new Map<number, (worker: Worker, numbers: Numbers) => void>()
  #asks = 0

  constructor(workers: () => Worker[], order: (worker: Worker, order: Order) => void) {
    this.#workers = workers
    this.#order = order
  }

  async gather(asker: Worker, theirAsk: number): Promise<void> {
    this.#asks += 1
    const ask = this.#asks
    const all = await this.#all(ask)
    this.#waiting.delete(ask)
    this.#order(asker, { do: 'hear numbers', ask: theirAsk, all })
  }

  take(worker: Worker, { ask, numbers }: Extract<Told, { told: 'numbers' }>): void {
    this.#waiting.get(ask)?.(worker, numbers)
  }

  #all(ask: number): Promise<Numbers[]> {
    const left = new Set(this.#workers())
    const all: Numbers[] = []
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(all), gatherWithinMs)
      this.#waiting.set(ask, (worker, numbers) => {
        if (left.delete(worker)) all.push(numbers)
        if (left.size > 0) return
        clearTimeout(timer)
        resolve(all)
      })
      for (const worker of left) this.#order(worker, { do: 'tell numbers', ask })
    })
  }
}
