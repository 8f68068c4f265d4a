// Several server processes behind one port. Their parent, this process, accepts connections and hands them out in turn,
// restarts workers that die, collects their metrics, and stops them. It serves no requests itself.
import cluster, { type Worker } from 'node:cluster'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { RunningServer, ServerConfig } from '../main.ts'
import type { Say } from '../logging/say.ts'
import type { Metrics } from '../metrics.ts'
import { Gathering } from './gathering.ts'
import type { Order, WorkerMessage } from './messages.ts'

const firstPauseMs = 100
const maxPauseMs = 10_000
/** A worker that ran this long is restarted at once when it dies. */
const stableAfterMs = 30_000
/** More than a server's own stop takes after DRAIN_SECONDS (limits.moveAwayMs and drainMs); all together less than 28 s (cli/drain). */
const stopWithinMs = 14_000

/** The compiled worker, or its source if this runs from sources. */
const program = fileURLToPath(new URL(`./worker${path.extname(import.meta.url)}`, import.meta.url))

/** Resolves when all workers are open. Throws if one of them cannot start, after stopping the others. */
export async function runWorkers(
  config: ServerConfig,
  count: number,
  { say, metrics }: { say: Say; metrics: Metrics },
): Promise<RunningServer & { pids: () => number[] }> {
  const workers = new Workers(config, say, metrics)
  try {
    const address = await workers.open(count)
    return { address, close: () => workers.close(), pids: () => workers.pids }
  } catch (error) {
    await workers.close()
    throw error
  }
}

class Workers {
  readonly #config: ServerConfig
  readonly #say: Say
  readonly #stopping = new AbortController()
  /** By slot, from 1: a restarted worker takes its predecessor's. */
  readonly #slots = new Map<number, Worker>()
  readonly #supervisors: Promise<void>[] = []
  readonly #gathering: Gathering

  constructor(config: ServerConfig, say: Say, metrics: Metrics) {
    this.#config = config
    this.#say = say
    this.#gathering = new Gathering(() => [...this.#slots.values()], order, metrics)
    // Round robin: connections are spread evenly, and the port stays ours while a worker is replaced.
    cluster.schedulingPolicy = cluster.SCHED_RR
    cluster.setupPrimary({ exec: program, args: [] })
  }

  async open(count: number): Promise<string> {
    const slots = Array.from({ length: count }, (_, i) => i + 1)
    const [address = ''] = await Promise.all(
      slots.map(async (slot) => {
        const worker = this.#start(slot)
        const address = await opened(worker)
        this.#supervisors.push(this.#supervise(slot, worker))
        return address
      }),
    )
    this.#say(`${count} workers share the port: processes ${this.pids.join(', ')}`)
    return address
  }

  get pids(): number[] {
    return [...this.#slots.values()].map(({ process }) => process.pid ?? 0)
  }

  /** Tells every worker to move its browsers away and to exit; resolves when all have exited. */
  async close(): Promise<void> {
    this.#stopping.abort()
    const all = [...this.#slots.values()]
    for (const worker of all) order(worker, { do: 'stop' })
    const late = setTimeout(
      () => all.forEach((worker) => worker.process.kill('SIGKILL')),
      stopWithinMs + this.#config.drainSeconds * 1_000,
    )
    await Promise.all([...all.map(gone), ...this.#supervisors])
    clearTimeout(late)
  }

  #start(slot: number): Worker {
    const worker = cluster.fork()
    this.#slots.set(slot, worker)
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'ready') order(worker, { do: 'serve', config: this.#config, slot })
      else if (message.type === 'request numbers') void this.#gathering.gather(worker, message.ask)
      else if (message.type === 'numbers') this.#gathering.take(worker, message)
    })
    return worker
  }

  /** Replaces a worker that exits, with a growing delay. */
  async #supervise(slot: number, first: Worker): Promise<void> {
    const stopped = this.#stopping.signal
    let worker = first
    let pauseMs = firstPauseMs
    for (;;) {
      const startedAt = Date.now()
      const how = await gone(worker)
      if (stopped.aborted) return
      this.#say(`Worker ${slot} exited (${how}); starting another`, 'error')
      if (Date.now() - startedAt > stableAfterMs) pauseMs = firstPauseMs
      await pause(pauseMs, undefined, { signal: stopped }).catch(() => undefined)
      if (stopped.aborted) return
      pauseMs = Math.min(2 * pauseMs, maxPauseMs)
      worker = this.#replace(slot)
    }
  }

  #replace(slot: number): Worker {
    const worker = this.#start(slot)
    opened(worker).then(
      () => this.#say(`Worker ${slot} is open again: process ${worker.process.pid}`, 'warn'),
      (error: Error) =>
        this.#stopping.signal.aborted || this.#say(`Worker ${slot}: ${error.message}`, 'error'),
    )
    return worker
  }
}

function order(worker: Worker, what: Order): void {
  // A worker that has exited is noticed by its exit event; an order to it is dropped.
  if (worker.isConnected()) worker.send(what, () => undefined)
}

/** Resolves with its exit code or signal. */
const gone = (worker: Worker): Promise<string> =>
  new Promise((resolve) => {
    const end = (code: number | null, signal: string | null): void => resolve(signal ?? `exit code ${code}`)
    const { exitCode, signalCode } = worker.process
    if (exitCode !== null || signalCode !== null) end(exitCode, signalCode)
    else worker.once('exit', end)
  })

/** Its address once it is open. @throws the error that kept it from opening, with the system's code */
const opened = (worker: Worker): Promise<string> =>
  new Promise((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'open') resolve(message.address)
      if (message.type === 'failed') reject(Object.assign(new Error(message.message), { code: message.code }))
    })
    void gone(worker).then((how) => reject(new Error(`a worker exited before it was open (${how})`)))
  })
