// Long computations in slices, so that everything else of the process is served in between: all computations together have
// one slice at a time, and after it as long again as `restTimes` says, whoever computes.

/** A loop calls it after each of its steps: undefined if it may go on at once, otherwise it waits for its next slice. */
export type Rest = () => Promise<void> | undefined

export interface SlicesOptions {
  /** Milliseconds of one slice. */
  sliceMs: number
  /** The pause after a slice, in times of what it took. */
  restTimes: number
  /** Milliseconds, for tests. */
  now?: () => number
}

export class Slices {
  readonly #sliceMs: number
  readonly #restTimes: number
  readonly #now: () => number
  readonly #waiting: (() => void)[] = []
  #isPausing = false

  constructor({ sliceMs, restTimes, now = () => performance.now() }: SlicesOptions) {
    this.#sliceMs = sliceMs
    this.#restTimes = restTimes
    this.#now = now
  }

  /** Waits for a slice: for work that cannot be divided, so that it is not done at once with as much again. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#pause()
    })
  }

  /** For one computation, which begins now, in the slice of whoever calls. */
  begin(): Rest {
    let began = this.#now()
    return () =>
      this.#now() - began < this.#sliceMs ? undefined : this.next().then(() => void (began = this.#now()))
  }

  #pause(afterMs = this.#sliceMs): void {
    if (this.#isPausing || this.#waiting.length === 0) return
    this.#isPausing = true
    setTimeout(() => {
      const began = this.#now()
      this.#waiting.shift()?.()
      // Once the slice is over; one that could not be divided has a longer pause after it.
      setImmediate(() => {
        this.#isPausing = false
        this.#pause(this.#now() - began)
      })
    }, this.#restTimes * afterMs)
  }
}
