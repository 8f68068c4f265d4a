// Decides which room sends next: the rooms of a process share its event loop. A room sends a slice, then the process
// reads and answers, then the next room sends. A room that waits collects what arrives meanwhile into one frame.

/**
 * Listeners that are served in one slice, about a millisecond; then the process reads and answers before the next
 * slice.
 */
export const listenersPerSlice = 96

interface Waiting {
  listeners: number
  go: () => void
}

export class FairScheduler {
  #left = listenersPerSlice
  #isPassing = false
  readonly #waiting: Waiting[] = []

  /**
   * Permission to serve this many listeners, at most listenersPerSlice: undefined if it is granted at once, as it is
   * under light load; otherwise granted in the order of the requests.
   */
  take(listeners: number): Promise<void> | undefined {
    if (!this.#isPassing) {
      this.#isPassing = true
      setImmediate(() => this.#pass())
    }
    if (this.#left > 0 && this.#waiting.length === 0) {
      this.#left -= listeners
      return undefined
    }
    return new Promise((go) => {
      this.#waiting.push({ listeners, go })
    })
  }

  /** The process has read and answered. */
  #pass(): void {
    this.#left = listenersPerSlice
    let given = 0
    for (const { listeners, go } of this.#waiting) {
      if (this.#left <= 0) break
      this.#left -= listeners
      given += 1
      go()
    }
    this.#waiting.splice(0, given)
    this.#isPassing = given > 0
    if (this.#isPassing) setImmediate(() => this.#pass())
  }
}
