// Gathers what is appended in one turn of the event loop into one call of append.lua: one command, one write to the socket
// and one answer for all of it. What comes alone goes alone, at the end of the turn it came in. Only so many calls are under
// way; what is above waits here, where it is certain that it is not kept and no time limit runs.
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis/client.ts'
import { AppendScript, readAppended, type AppendItem, type AppendPlace } from './append-script.ts'
import type { Appended } from './entry.ts'
import { keysOf } from './keys.ts'

interface Waiting extends AppendItem {
  resolve: (appended: Appended) => void
  reject: (error: unknown) => void
}

/** What is to be appended to a shard in an epoch, in the order in which it came. */
interface Line extends AppendPlace {
  waiting: Waiting[]
  callsUnderWay: number
  isDue: boolean
}

export interface AppendBatchesOptions {
  /** Replicas that must have what a call appends before it is answered; none without it. */
  replicas?: number | undefined
  /** A call was answered, after so many ms. */
  onCall?: ((ms: number) => void) | undefined
}

export class AppendBatches {
  readonly #redis: Redis
  readonly #script: AppendScript
  readonly #replicas: number
  readonly #onCall: (ms: number) => void
  readonly #lines = new Map<string, Line>()

  constructor(redis: Redis, { replicas = 0, onCall = () => undefined }: AppendBatchesOptions = {}) {
    this.#redis = redis
    this.#script = new AppendScript(redis)
    this.#replicas = replicas
    this.#onCall = onCall
  }

  /**
   * Appends in the order of the calls. Rejects with what Redis says (EPOCH, BEHIND, FORGOTTEN, OOM, ...); with FULL at once, when
   * limits.appends.waiting are before it; and limits.appendTimeoutMs after it was sent with "timed out": perhaps kept,
   * perhaps not. With FEWREPLICAS where it is kept, and not yet by as many as there must be.
   */
  append(shard: number, epoch: string, item: AppendItem): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const name = `${shard} ${epoch}`
      const line = this.#lines.get(name) ?? {
        keys: keysOf(shard),
        epoch,
        waiting: [],
        callsUnderWay: 0,
        isDue: false,
      }
      if (line.waiting.length >= limits.appends.waiting)
        return reject(new Error('FULL too much waits for Redis'))
      this.#lines.set(name, line)
      line.waiting.push({ ...item, resolve, reject })
      // A whole call does not wait for the end of the turn. Trap: while more than a thousand sockets are ready, Node reads on
      // and on, and no turn ends.
      if (line.waiting.length >= limits.appends.entries) this.#sendWhatMay(name, line)
      else this.#goesOn(name, line)
    })
  }

  #goesOn(name: string, line: Line): void {
    if (line.isDue) return
    line.isDue = true
    setImmediate(() => {
      line.isDue = false
      this.#sendWhatMay(name, line)
    })
  }

  #sendWhatMay(name: string, line: Line): void {
    while (line.waiting.length > 0 && line.callsUnderWay < limits.appends.calls) void this.#send(name, line)
  }

  async #send(name: string, line: Line): Promise<void> {
    line.callsUnderWay += 1
    await this.#call(line, line.waiting.splice(0, limits.appends.entries))
    line.callsUnderWay -= 1
    if (line.waiting.length >= limits.appends.entries) this.#sendWhatMay(name, line)
    else if (line.waiting.length > 0) this.#goesOn(name, line)
    else if (line.callsUnderWay === 0) this.#lines.delete(name)
  }

  async #call(place: AppendPlace, waiting: readonly Waiting[]): Promise<void> {
    const began = performance.now()
    const call = inTime(this.#run(place, waiting))
    try {
      const answers = await call
      this.#onCall(performance.now() - began)
      waiting.forEach(({ draft, resolve, reject }, index) => {
        try {
          resolve(readAppended(answers[index], draft))
        } catch (error) {
          reject(error)
        }
      })
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  /**
   * One WAIT for all that a call appends. Trap: it counts who has what its own connection wrote last. So it goes where the call
   * went; and append.lua writes again what it finds.
   */
  async #run(place: AppendPlace, waiting: readonly Waiting[]): Promise<string[]> {
    const { stream } = this.#redis
    const answers = await this.#script.run(place, waiting)
    if (this.#replicas === 0) return answers
    if (this.#redis.stream !== stream) throw new Error('Connection is closed.')
    const have = await this.#redis.wait(this.#replicas, replicasMs)
    if (have < this.#replicas) throw new Error(`FEWREPLICAS only ${have} replicas have it`)
    return answers
  }
}

/** How long WAIT waits. With the append itself it stays below limits.appendTimeoutMs, where the connection would be given up. */
const replicasMs = 500

/**
 * The answer, or an error after limits.appendTimeoutMs. Trap: after a busy stretch of this process timers fire before
 * answers that have long arrived are read; so the timer lets one more reading pass.
 */
export const inTime = <T>(answer: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = (): void => reject(new Error('timed out'))
    const timer = setTimeout(() => setImmediate(late), limits.appendTimeoutMs)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
