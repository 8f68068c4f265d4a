// Equal reads in progress at once become one read: a caller that asks for what is being read shares it. Nothing is cached.
//
// Invariant: a read is shared only while its version is the one that its first caller knew. So with a version that
// every write changes before it is acknowledged, nobody gets an answer from before their question.
//
// Trap: all callers of a read share its answer. The key names everything that it depends on, including the person if the
// answer is theirs; and the answer is never modified, but copied.
import { wait, type Waiter } from './wait.ts'

export type FlightOutcome = 'read' | 'shared'

/** Called for each caller: whether it started a read or shared one. */
export type FlightWatch = (kind: string, outcome: FlightOutcome) => void

/** State of a read in progress. */
export interface UnderWay {
  /** Aborts when all its callers have given up. */
  readonly signal: AbortSignal
  /** True once a newer version was requested, or `forget` was called: its answer may be outdated. */
  readonly isForgotten: boolean
}

export interface Reader {
  /** The version of what is read: another version is another read. */
  version?: string | number | undefined
  /** Removes this caller, and nobody else. */
  signal?: AbortSignal | undefined
}

class Flight implements UnderWay {
  readonly version: Reader['version']
  isForgotten = false
  readonly #passengers = new Set<Waiter<unknown>>()
  readonly #abort = new AbortController()
  readonly #leave: () => void

  /** `leave`: nobody can join any more, because all callers have given up or are about to get the answer. */
  constructor(version: Reader['version'], leave: () => void) {
    this.version = version
    this.#leave = leave
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  board(signal?: AbortSignal): Promise<unknown> {
    return wait<unknown>(signal, (passenger) => {
      this.#passengers.add(passenger)
      return () => {
        this.#passengers.delete(passenger)
        if (this.#passengers.size > 0) return
        this.#abort.abort(signal?.reason)
        this.#leave()
      }
    })
  }

  async fly(ask: (flight: UnderWay) => Promise<unknown>): Promise<void> {
    try {
      const answer = await ask(this)
      this.#leave()
      for (const { done } of this.#passengers) done(answer)
    } catch (error) {
      this.#leave()
      for (const { fail } of this.#passengers) fail(error)
    }
  }
}

export class SingleFlight {
  readonly #kind: string
  readonly #watch: FlightWatch
  readonly #underWay = new Map<string, Flight>()

  /** `kind`: what is read, for the counters. */
  constructor(kind: string, watch: FlightWatch = () => undefined) {
    this.#kind = kind
    this.#watch = watch
  }

  /**
   * The result of `ask`, called once for all callers that want `key` in this version while the answer is pending.
   * @throws what `ask` throws, to all callers; the signal's reason if that aborts
   */
  async read<T>(
    key: string,
    ask: (flight: UnderWay) => Promise<T>,
    { version, signal }: Reader = {},
  ): Promise<T> {
    signal?.throwIfAborted()
    const flying = this.#underWay.get(key)
    if (flying !== undefined && flying.version === version) {
      this.#watch(this.#kind, 'shared')
      return flying.board(signal) as Promise<T>
    }
    this.forget(key)
    this.#watch(this.#kind, 'read')
    const flight: Flight = new Flight(version, () => this.#leave(key, flight))
    this.#underWay.set(key, flight)
    const answer = flight.board(signal)
    void flight.fly(ask)
    return answer as Promise<T>
  }

  /** What `key` names has changed here: the pending answer must not be cached, and nobody else shares it. */
  forget(key: string): void {
    const flight = this.#underWay.get(key)
    if (flight === undefined) return
    flight.isForgotten = true
    this.#underWay.delete(key)
  }

  #leave(key: string, flight: Flight): void {
    if (this.#underWay.get(key) === flight) this.#underWay.delete(key)
  }
}
