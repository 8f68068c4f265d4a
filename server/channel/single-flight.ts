// Equal reads under way at once are one read: whoever asks for what is being read shares it. An answer is not kept.
//
// Invariant: a read is shared only while what it reads is of the version that its first reader knew. So with a version
// that every write moves before it is answered, nobody gets the answer of a time before they asked.
//
// Trap: an answer is shared by everybody on the flight. The key names everything that it depends on, the person as well
// where the answer is theirs; and it is never changed, but copied.
import { wait, type Waiter } from './wait.ts'

export type FlightOutcome = 'read' | 'shared'

/** Hears of each reader: whether they began a read or shared one. */
export type FlightWatch = (kind: string, outcome: FlightOutcome) => void

/** What a read knows of itself while it is under way. */
export interface UnderWay {
  /** Aborts when everybody who waited for it has given up. */
  readonly signal: AbortSignal
  /** True once a newer version was asked for, or `forget` was called: its answer may be old. */
  readonly isForgotten: boolean
}

export interface Reader {
  /** Of what is read: another one is another read. */
  version?: string | number | undefined
  /** Takes this reader off, and nobody else. */
  signal?: AbortSignal | undefined
}

class Flight implements UnderWay {
  readonly version: Reader['version']
  isForgotten = false
  readonly #passengers = new Set<Waiter<unknown>>()
  readonly #abort = new AbortController()
  readonly #leave: () => void

  /** `leave`: nobody boards any more, for everybody has given up or is about to be told. */
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
   * What `ask` gives, asked by one for everybody who wants `key` in this version while the answer is under way.
   * @throws what `ask` throws, to everybody on the flight; the signal's reason when that aborts
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

  /** What `key` names has changed here: an answer under way is not to be kept, and nobody else shares it. */
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
