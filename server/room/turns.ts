// Whose turn it is to tell: the rooms of a process share its event loop. A little is told, then the process reads and answers,
// then the next room tells; a room that waits for its turn gathers what comes meanwhile, for one frame.

/** Listeners that are told in one go, about a millisecond; then the process reads and answers before the next are told. */
export const goOf = 96

interface Waiting {
  listeners: number
  go: () => void
}

export class Turns {
  #left = goOf
  #isPassing = false
  readonly #waiting: Waiting[] = []

  /**
   * Leave to tell so many listeners, goOf at most: undefined when it is given at once, as it is while little is told; else
   * it comes in the order in which it was asked for.
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
    this.#left = goOf
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
