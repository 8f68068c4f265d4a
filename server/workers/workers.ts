// Several server processes behind one port. This one, their parent, takes connections and gives them away in turn, starts
// a worker again that has died, carries numbers between them, and ends them. It serves nobody itself.
import cluster, { type Worker } from 'node:cluster'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { RunningServer, ServerConfig } from '../main.ts'
import type { Say } from '../stores/say.ts'
import { Gathering } from './gathering.ts'
import type { Order, Told } from './words.ts'

const firstPauseMs = 100
const longestPauseMs = 10_000
/** One that ran this long starts again at once when it dies. */
const wasWellMs = 30_000
/** Above what a server's own stop takes (limits.moveAwayMs and drainMs); with the stores after it, below 28 s (cli/drain). */
const endWithinMs = 14_000

/** The compiled worker, or its source where this runs from sources. */
const program = fileURLToPath(new URL(`./worker${path.extname(import.meta.url)}`, import.meta.url))

/** Resolves when all workers are open. Throws when one of them cannot start, with the others ended. */
export async function runWorkers(
  config: ServerConfig,
  count: number,
  say: Say,
): Promise<RunningServer & { pids: () => number[] }> {
  const workers = new Workers(config, say)
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
  /** By its seat, 1 and up: a worker that is started again has its predecessor's. */
  readonly #seated = new Map<number, Worker>()
  readonly #kept: Promise<void>[] = []
  readonly #gathering = new Gathering(() => [...this.#seated.values()], order)

  constructor(config: ServerConfig, say: Say) {
    this.#config = config
    this.#say = say
    // In turn: connections are spread evenly, and the port stays ours while a worker is replaced.
    cluster.schedulingPolicy = cluster.SCHED_RR
    cluster.setupPrimary({ exec: program, args: [] })
  }

  async open(count: number): Promise<string> {
    const seats = Array.from({ length: count }, (_, i) => i + 1)
    const [address = ''] = await Promise.all(
      seats.map(async (seat) => {
        const worker = this.#start(seat, false)
        const address = await opened(worker)
        this.#kept.push(this.#keep(seat, worker))
        return address
      }),
    )
    this.#say(`${count} workers share the port: processes ${this.pids.join(', ')}`)
    return address
  }

  get pids(): number[] {
    return [...this.#seated.values()].map(({ process }) => process.pid ?? 0)
  }

  /** Tells every worker to move its browsers away and to end; resolves when none is left. */
  async close(): Promise<void> {
    this.#stopping.abort()
    const all = [...this.#seated.values()]
    for (const worker of all) order(worker, { do: 'stop' })
    const late = setTimeout(() => all.forEach((worker) => worker.process.kill('SIGKILL')), endWithinMs)
    await Promise.all([...all.map(gone), ...this.#kept])
    clearTimeout(late)
  }

  #start(seat: number, opensFirst: boolean): Worker {
    const worker = cluster.fork()
    this.#seated.set(seat, worker)
    worker.on('message', (told: Told) => {
      if (told.told === 'here') order(worker, { do: 'serve', config: this.#config, seat, opensFirst })
      else if (told.told === 'wants numbers') void this.#gathering.gather(worker, told.ask)
      else if (told.told === 'numbers') this.#gathering.take(worker, told)
    })
    return worker
  }

  /** Puts another into the seat of one that has ended, later each time. */
  async #keep(seat: number, first: Worker): Promise<void> {
    const stopped = this.#stopping.signal
    let worker = first
    let pauseMs = firstPauseMs
    for (;;) {
      const startedAt = Date.now()
      const how = await gone(worker)
      if (stopped.aborted) return
      this.#say(`Worker ${seat} ended (${how}); another takes its place`)
      if (Date.now() - startedAt > wasWellMs) pauseMs = firstPauseMs
      await pause(pauseMs, undefined, { signal: stopped }).catch(() => undefined)
      if (stopped.aborted) return
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      worker = this.#replace(seat)
    }
  }

  #replace(seat: number): Worker {
    const worker = this.#start(seat, true)
    opened(worker).then(
      () => this.#say(`Worker ${seat} is open again: process ${worker.process.pid}`),
      (error: Error) => this.#stopping.signal.aborted || this.#say(`Worker ${seat}: ${error.message}`),
    )
    return worker
  }
}

function order(worker: Worker, what: Order): void {
  // One that has gone is noticed by its end; this word is for nobody.
  if (worker.isConnected()) worker.send(what, () => undefined)
}

/** How it ended. */
const gone = (worker: Worker): Promise<string> =>
  new Promise((resolve) => {
    const end = (code: number | null, signal: string | null): void => resolve(signal ?? `exit code ${code}`)
    const { exitCode, signalCode } = worker.process
    if (exitCode !== null || signalCode !== null) end(exitCode, signalCode)
    else worker.once('exit', end)
  })

/** Its address once it is open; what kept it from opening is thrown, with the system's code. */
const opened = (worker: Worker): Promise<string> =>
  new Promise((resolve, reject) => {
    worker.on('message', (told: Told) => {
      if (told.told === 'open') resolve(told.address)
      if (told.told === 'failed') reject(Object.assign(new Error(told.message), { code: told.code }))
    })
    void gone(worker).then((how) => reject(new Error(`a worker ended before it was open (${how})`)))
  })
