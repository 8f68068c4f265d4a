// Work that is done again and again in the background, one run at a time: after a pause, at once when asked, and soon
// after a failure.
import { limits } from './protocol/limits.ts'

export interface RepeatedDeps {
  everyMs: number
  /** A run that is asked for begins so long after the one before at the soonest, and does the work of all that was asked meanwhile. */
  restMs?: number
  run: () => Promise<void>
  onError: (error: unknown) => void
}

export class Repeated {
  readonly #deps: RepeatedDeps
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isAskedAgain = false
  #restedAt = 0
  #isClosed = false

  /** The first run is at the first `soon`, or after `everyMs`. */
  constructor(deps: RepeatedDeps) {
    this.#deps = deps
    this.#after(deps.everyMs)
  }

  /** The run that goes on; undefined: none does. Never rejects. */
  get running(): Promise<void> | undefined {
    return this.#running
  }

  /** A run begins that knows all that has happened so far: now, after a rest, or after the one that goes on. */
  soon(): void {
    this.#isAskedAgain = this.#running !== undefined
    if (this.#running !== undefined) return
    const restMs = this.#restedAt - performance.now()
    if (restMs <= 0) this.#begin()
    else this.#beginAfter(restMs)
  }

  /** No run begins any more; resolves when the last one has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #begin(): void {
    if (this.#isClosed) return
    clearTimeout(this.#timer)
    this.#running = this.#run()
  }

  async #run(): Promise<void> {
    const { run, everyMs, onError } = this.#deps
    let pauseMs = everyMs
    try {
      await run()
    } catch (error) {
      onError(error)
      pauseMs = Math.min(limits.repeated.retryMs, everyMs)
    }
    this.#running = undefined
    this.#restedAt = performance.now() + (this.#deps.restMs ?? 0)
    if (this.#isAskedAgain) this.soon()
    else this.#after(pauseMs)
  }

  /** With jitter, so that many processes do not ask at the same time. */
  #after(ms: number): void {
    this.#beginAfter(ms * (0.75 + Math.random() / 2))
  }

  #beginAfter(ms: number): void {
    if (this.#isClosed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#begin(), ms)
    this.#timer.unref()
  }
}
