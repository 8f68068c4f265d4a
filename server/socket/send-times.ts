// How long people wait for what they send on a socket: until it is acknowledged, and until this server has given it to its room.
import type { Entry } from '../log/entry.ts'
import type { Metrics } from '../metrics.ts'
import { storeBuckets as buckets } from '../store-watch.ts'

/** Sends that are remembered until they are heard; more are not measured. */
const maxWaiting = 10_000

export class SendTimes {
  readonly #waiting = new Map<string, number>()
  readonly #ack: (seconds: number) => void
  readonly #heard: (seconds: number) => void

  constructor(metrics: Pick<Metrics, 'histogram'>) {
    const series = (name: string, help: string): ((seconds: number) => void) => {
      const histogram = metrics.histogram(name, help, { buckets })
      return (seconds) => histogram.observe(seconds)
    }
    this.#ack = series('brook_send_ack_seconds', 'From a send on a socket to its acknowledgement')
    this.#heard = series(
      'brook_send_heard_seconds',
      'From a send on a socket until the same server gives it to its room',
    )
  }

  /** Call it when a request has come; and what it returns when it was acknowledged, or refused. */
  begin(cid: string): { acked: () => void; refused: () => void } {
    const began = performance.now()
    if (this.#waiting.size < maxWaiting) this.#waiting.set(cid, began)
    return {
      acked: () => this.#ack((performance.now() - began) / 1_000),
      refused: () => this.#waiting.delete(cid),
    }
  }

  /** Call it with all that the log brings. What was sent by other servers is not measured here. */
  heard(entries: readonly Pick<Entry, 'cid'>[]): void {
    if (this.#waiting.size === 0) return
    const now = performance.now()
    for (const { cid } of entries) {
      const began = this.#waiting.get(cid)
      if (began === undefined) continue
      this.#waiting.delete(cid)
      this.#heard((now - began) / 1_000)
    }
  }
}
