// Which push services are served at once in this process: each by itself, so that none waits for another one that is slow. Those
// whose last answers were late, or that are new here, have a part of all lanes and few requests each. Uses no store.
import { limits } from '../protocol/limits.ts'

const { lane: width, lanes: max } = limits.push

export class Lanes {
  readonly #running = new Map<number, Promise<void>>()
  /** How long the last answer of each took, in ms. */
  readonly #answeredIn = new Map<number, number>()
  readonly #serve: (service: number) => Promise<void>
  readonly #onEnd: () => void

  /** `serve` sends what is due for a service and never rejects; `onEnd`: a lane is free again. */
  constructor(serve: (service: number) => Promise<void>, onEnd: () => void) {
    this.#serve = serve
    this.#onEnd = onEnd
  }

  get running(): number {
    return this.#running.size
  }

  isQuick(service: number): boolean {
    return (this.#answeredIn.get(service) ?? Infinity) < max.slowMs
  }

  /** Requests to a service at once. */
  widthOf(service: number): number {
    return this.isQuick(service) ? width.requests : width.slowRequests
  }

  answered(service: number, ms: number): void {
    this.#answeredIn.delete(service)
    this.#answeredIn.set(service, ms)
    const [oldest] = this.#answeredIn.keys()
    if (this.#answeredIn.size > 1_000 && oldest !== undefined) this.#answeredIn.delete(oldest)
  }

  /** Begins those that have a lane, in this order; the others wait for the next call. */
  begin(services: readonly number[]): void {
    for (const service of services) {
      if (this.#running.has(service) || this.#running.size >= max.all) continue
      const slow = [...this.#running.keys()].filter((one) => !this.isQuick(one)).length
      if (!this.isQuick(service) && slow >= max.slow) continue
      const run = this.#serve(service).finally(() => {
        this.#running.delete(service)
        this.#onEnd()
      })
      this.#running.set(service, run)
    }
  }

  async ended(): Promise<void> {
    await Promise.all(this.#running.values())
  }
}
