// Which files are being uploaded now, by this tab: those that are wanted, in order, a few at once. Another tab that has
// a file is waited for, and taken over from when it is closed. What does not go on is tried again, sooner if the
// connection is back.
import { waitMs } from '../../wire/back-off.ts'
import { mayRetry, type Refusal } from '../../wire/refusal.ts'
import type { SendLock } from '../../wire/send-lock.ts'

/** At once: more do not arrive earlier, and fewer leave a slow connection idle between two small ones. */
const atOnce = 3

export interface UploadsDeps {
  lock: (key: string, signal: AbortSignal) => Promise<SendLock | undefined>
  /** Uploads what is left of it, and resolves once the server has it, or with why not; undefined: it was stopped. */
  upload: (key: string, signal: AbortSignal) => Promise<Refusal | 'whole' | undefined>
  /** It cannot be uploaded. */
  refused: (key: string, refusal: Refusal) => void
  /** It will be tried again; undefined: it goes on. */
  troubled: (key: string, refusal: Refusal | undefined) => void
  /** It is over, however it ended: is there more? */
  ended: () => void
}

export class Uploads {
  readonly #deps: UploadsDeps
  readonly #jobs = new Map<string, AbortController>()
  #running = 0
  readonly #queue: (() => void)[] = []
  /** Pauses before the next attempt. */
  readonly #pauses = new Set<() => void>()

  constructor(deps: UploadsDeps) {
    this.#deps = deps
  }

  /** These, and no others, are to be uploaded. */
  want(keys: readonly string[]): void {
    const wanted = new Set(keys)
    for (const [key, job] of this.#jobs)
      if (!wanted.has(key)) {
        this.#jobs.delete(key)
        job.abort()
      }
    for (const key of wanted) if (!this.#jobs.has(key)) void this.#start(key)
  }

  /** The connection is back: nobody waits any longer. */
  wake(): void {
    for (const end of this.#pauses) end()
  }

  async #start(key: string): Promise<void> {
    const job = new AbortController()
    this.#jobs.set(key, job)
    const { signal } = job
    const lock = await this.#deps.lock(key, signal)
    try {
      if (lock !== undefined && !signal.aborted) await this.#run(key, lock, signal)
    } finally {
      lock?.release()
      if (this.#jobs.get(key) === job) this.#jobs.delete(key)
    }
    if (!signal.aborted) this.#deps.ended()
  }

  async #run(key: string, lock: SendLock, signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted && lock.isHeld(); failures += 1) {
      const outcome = await this.#inTurn(async () =>
        signal.aborted ? undefined : this.#deps.upload(key, signal),
      )
      if (signal.aborted) return
      if (outcome === undefined || outcome === 'whole') return this.#deps.troubled(key, undefined)
      // Being signed out is no fault of the file.
      if (!mayRetry(outcome.code) && outcome.code !== 'signed_out') return this.#deps.refused(key, outcome)
      this.#deps.troubled(key, outcome)
      await this.#pause(Math.max(waitMs(failures), outcome.retryAfterMs ?? 0), signal)
    }
  }

  /** Whoever leaves passes its place on to the one who has waited longest. */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < atOnce) this.#running += 1
    else await new Promise<void>((resolve) => this.#queue.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#queue.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#pauses.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#pauses.add(end)
      signal.addEventListener('abort', end, { once: true })
    })
  }
}
