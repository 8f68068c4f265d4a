// Collects the metrics of all workers for the one that serves a /metrics request. A worker that does not answer in time is
// left out: brook_workers says how many answered.
import type { Worker } from 'node:cluster'
import type { Metrics, Numbers } from '../metrics.ts'
import type { Order, WorkerMessage } from './messages.ts'

/** Prometheus waits 10 s; a worker that takes this long is hanging. */
const gatherWithinMs = 1_000

export class Gathering {
  readonly #workers: () => Worker[]
  readonly #order: (worker: Worker, order: Order) => void
  readonly #waiting = new Map<number, (worker: Worker, numbers: Numbers) => void>()
  readonly #own: Pick<Metrics, 'numbers'>
  #asks = 0

  /** `own`: of this process, in which sync and the bot may run. */
  constructor(
    workers: () => Worker[],
    order: (worker: Worker, order: Order) => void,
    own: Pick<Metrics, 'numbers'>,
  ) {
    this.#workers = workers
    this.#order = order
    this.#own = own
  }

  async gather(asker: Worker, theirAsk: number): Promise<void> {
    this.#asks += 1
    const ask = this.#asks
    const all = [...(await this.#all(ask)), await this.#own.numbers()]
    this.#waiting.delete(ask)
    this.#order(asker, { do: 'take numbers', ask: theirAsk, all })
  }

  take(worker: Worker, { ask, numbers }: Extract<WorkerMessage, { type: 'numbers' }>): void {
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
      for (const worker of left) this.#order(worker, { do: 'report numbers', ask })
    })
  }
}
