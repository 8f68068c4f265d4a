// Is anybody at the other end? A browser is not shown the server's pings, and a dead path stays "open" for minutes.
// All that it can observe is that something is said: after a silence it asks, and no word at all in time means dead.

/** Below the 60 s of idle proxies, and a question every 25 s costs an idle tab nothing that counts. */
const quietMs = 25_000
/** An answer takes a round trip; 6 s is a very bad mobile network, and keeps the whole within one ping of the server. */
const answerMs = 6_000
/** A tab that is looked at again, or a network that is back, wants to know sooner: the old path is often gone. */
const hurryMs = 3_000

interface LivenessDoors {
  /** Says something that must be answered; false when there is nothing to ask. */
  ask: () => boolean
  dead: () => void
}

export class Liveness {
  readonly #doors: LivenessDoors
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking = false
  #heardAt = 0

  constructor(doors: LivenessDoors) {
    this.#doors = doors
  }

  /** Any word is an answer, and the first one begins the watch. */
  heard(): void {
    this.#asking = false
    this.#heardAt = Date.now()
    this.#wait(quietMs, () => this.#ask(answerMs))
  }

  stop(): void {
    this.#asking = false
    clearTimeout(this.#timer)
  }

  /** Asks at once and waits less, unless something has just been heard. */
  hurry(): void {
    if (Date.now() - this.#heardAt > hurryMs) this.suspect()
  }

  /** Something says that the path is gone: what was heard a moment ago proves nothing. */
  suspect(): void {
    if (!this.#asking) this.#ask(hurryMs)
  }

  #ask(patienceMs: number): void {
    if (!this.#doors.ask()) return this.heard()
    this.#asking = true
    this.#wait(patienceMs, () => this.#doors.dead())
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(then, ms)
  }
}
