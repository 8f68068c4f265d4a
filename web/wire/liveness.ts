// Checks that the other end is alive. A browser does not see the server's pings, and a dead connection stays "open" for
// minutes. It only sees messages: after a silence it sends a question, and no message in time means that the connection
// is dead.

/** Below the 60 s of idle proxies; a question every 25 s costs an idle tab next to nothing. */
const quietMs = 25_000
/**
 * An answer takes a round trip; 6 s is a very bad mobile network, and keeps the whole within one ping of the server.
 */
const answerMs = 6_000
/** A tab that is looked at again, or a network that is back, checks sooner: the old connection is often dead. */
const hurryMs = 3_000

interface LivenessDeps {
  /** Sends something that must be answered; false if there is nothing to ask. */
  ask: () => boolean
  dead: () => void
}

export class Liveness {
  readonly #deps: LivenessDeps
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking = false
  #heardAt = 0

  constructor(deps: LivenessDeps) {
    this.#deps = deps
  }

  /** Any message is an answer, and the first one begins the watch. */
  heard(): void {
    this.#asking = false
    this.#heardAt = Date.now()
    this.#wait(quietMs, () => this.#ask(answerMs))
  }

  stop(): void {
    this.#asking = false
    clearTimeout(this.#timer)
  }

  /** Asks at once and waits less, unless a message has just arrived. */
  hurry(): void {
    if (Date.now() - this.#heardAt > hurryMs) this.suspect()
  }

  /** Something indicates that the connection is dead: a recent message proves nothing. */
  suspect(): void {
    if (!this.#asking) this.#ask(hurryMs)
  }

  #ask(patienceMs: number): void {
    if (!this.#deps.ask()) return this.heard()
    this.#asking = true
    this.#wait(patienceMs, () => this.#deps.dead())
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(then, ms)
  }
}
