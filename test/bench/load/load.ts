// A crowd of raw sockets in worker threads, as the cases see it: connect it, let it talk, ask what it received.
import { Worker } from 'node:worker_threads'
import { clock } from './clock.ts'
import { percentiles, type Percentiles } from './histogram.ts'
import type { Told } from './tally.ts'
import type { Wording } from './frames.ts'
import type { Order, Share, Talk } from './worker.ts'

export interface LoadOptions extends Wording {
  port: number
  /** One socket per cookie; an empty one is not sent. */
  cookies: string[]
  /** Sockets of one room. */
  together: number
  threads: number
  /** Messages prepared in advance; no more can be sent. */
  messages: number
}

export interface Heard {
  sent: number
  acked: number
  again: number
  refused: Record<string, number>
  unanswered: number
  deliveries: number
  expected: number
  missing: number
  doubled: number
  outOfOrder: number
  different: number
  /** Sockets that closed before the round ended, by reason. */
  endings: Record<string, number>
  /** Messages that one frame carried, on average. */
  perFrame: number
  /** Deliveries in the measured time. */
  inTime: number
  heardAfter: Percentiles
  ackedAfter: Percentiles
}

export class Load {
  readonly #workers: Worker[]
  readonly #together: number

  private constructor(workers: Worker[], together: number) {
    this.#workers = workers
    this.#together = together
  }

  /** All sockets are welcomed and live in the room, and nothing is in transit. `program`: the compiled worker. */
  static async connect(
    program: URL,
    { port, cookies, dialect, naming, together, threads, messages }: LoadOptions,
  ): Promise<Load> {
    const sentAt = new SharedArrayBuffer(8 * messages)
    const workers = Array.from({ length: threads }, (_, thread) => {
      const own = cookies.filter((_cookie, i) => i % threads === thread)
      const share: Share = { port, cookies: own, dialect, naming, thread, threads, sentAt }
      return new Worker(program, { workerData: share, execArgv: [] })
    })
    const load = new Load(workers, together)
    await load.#order({ do: 'connect' })
    await load.#order({ do: 'calm', forMs: 1_200 })
    return load
  }

  /** Open loop: sends `messages` of them at a steady rate. */
  async talkSteadily(perSecond: number, messages: number): Promise<void> {
    await this.#talk({ kind: 'steady', at: clock() + 200, perSecond, messages })
  }

  /** Closed loop with `inFlight` messages in flight; measured for `forMs` after a warm-up. */
  async talkFully(inFlight: number, warmUpMs: number, forMs: number): Promise<void> {
    const from = clock() + warmUpMs
    const own = Math.ceil(inFlight / this.#workers.length)
    await this.#talk({ kind: 'full', from, to: from + forMs, inFlight: own })
  }

  /** What was received, once everything has been or nothing more arrives. */
  async finish(): Promise<Heard> {
    await this.#order({ do: 'finish', heads: await this.#heads() })
    // The last acks may have reported a higher number.
    const heads = await this.#heads()
    const missing = (await this.#order<number>({ do: 'finish', heads })).reduce((sum, one) => sum + one, 0)
    return this.#sum(await this.#tell(), missing)
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  async #heads(): Promise<Record<string, number>> {
    const heads: Record<string, number> = {}
    for (const told of await this.#tell())
      for (const [room, head] of Object.entries(told.heads)) heads[room] = Math.max(heads[room] ?? 0, head)
    return heads
  }

  #talk(talk: Talk): Promise<unknown> {
    return this.#order({ do: 'talk', talk })
  }

  #tell(): Promise<Told[]> {
    return this.#order<Told>({ do: 'tell' })
  }

  #sum(told: readonly Told[], missing: number): Heard {
    const sum = (read: (one: Told) => number): number => told.reduce((total, one) => total + read(one), 0)
    const refused = sumByName(told.map(({ refusals }) => refusals))
    const [sent, acked, deliveries] = [
      sum((one) => one.sent),
      sum((one) => one.acks),
      sum((one) => one.deliveries),
    ]
    return {
      sent,
      acked,
      refused,
      deliveries,
      missing,
      again: sum((one) => one.again),
      unanswered: sent - acked - Object.values(refused).reduce((total, count) => total + count, 0),
      expected: acked * this.#together,
      doubled: sum((one) => one.doubled),
      outOfOrder: sum((one) => one.outOfOrder),
      different: sum((one) => one.different),
      endings: sumByName(told.map(({ endings }) => endings)),
      perFrame:
        deliveries /
        Math.max(
          1,
          sum((one) => one.frames),
        ),
      inTime: sum((one) => one.inTime),
      heardAfter: percentiles(told.map(({ heardAfter }) => heardAfter)),
      ackedAfter: percentiles(told.map(({ ackedAfter }) => ackedAfter)),
    }
  }

  /** Every thread does this; resolves with all their answers. */
  #order<Answer>(order: Order): Promise<Answer[]> {
    return Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<Answer>((resolve, reject) => {
            worker.once('error', reject)
            worker.once('message', (answer: { done: Answer } | { error: Error }) => {
              worker.off('error', reject)
              if ('error' in answer) reject(answer.error)
              else resolve(answer.done)
            })
            worker.postMessage(order)
          }),
      ),
    )
  }
}

function sumByName(parts: readonly Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const part of parts)
    for (const [name, count] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + count
  return sum
}
