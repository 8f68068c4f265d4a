// Equal reads at once are one read.
//
//   boarding    the read has yet to begin: whoever asks for the same shares it
//   under way   whoever asks now boards the next flight, which begins when this one has landed
//   landed      everybody on it has the answer, or the error; nothing is kept
//
// Invariant: nobody gets the answer of a read that began before they asked. So who asks after a write has finished
// reads what was written, at whatever process that was. The price: of many equal reads at once the first flies alone and all
// others share the second.
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
  /** True once `forget` was called after it had begun: its answer may be old. */
  readonly isForgotten: boolean
}

/** A read that hangs holds up the next of its key no longer than this. */
const patienceMs = 1_000

class Flight<T> implements UnderWay {
  readonly landed: Promise<void>
  isForgotten = false
  #land: () => void = () => undefined
  readonly #passengers = new Set<Waiter<T>>()
  readonly #abort = new AbortController()
  readonly #onEmpty: () => void

  /** `onEmpty`: everybody has given up. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty
    this.landed = new Promise((resolve) => {
      this.#land = resolve
    })
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  board(signal?: AbortSignal): Promise<T> {
    return wait<T>(signal, (passenger) => {
      this.#passengers.add(passenger)
      return () => {
        this.#passengers.delete(passenger)
        if (this.#passengers.size > 0) return
        this.#abort.abort(signal?.reason)
        this.#onEmpty()
      }
    })
  }

  async fly(ask: (flight: UnderWay) => Promise<T>): Promise<void> {
    try {
      const answer = await ask(this)
      for (const { done } of this.#passengers) done(answer)
    } catch (error) {
      for (const { fail } of this.#passengers) fail(error)
    } finally {
      this.#land()
    }
  }
}

export class SingleFlight {
  readonly #kind: string
  readonly #watch: FlightWatch
  readonly #boarding = new Map<string, Flight<unknown>>()
  readonly #underWay = new Map<string, Flight<unknown>>()

  /** `kind`: what is read, for the counters. */
  constructor(kind: string, watch: FlightWatch = () => undefined) {
    this.#kind = kind
    this.#watch = watch
  }

  /**
   * What `ask` gives, asked by one for everybody who wants `key` at this moment. A signal takes its own reader off, and
   * nobody else.
   * @throws what `ask` throws, to everybody on the flight; the signal's reason when that aborts
   */
  async read<T>(key: string, ask: (flight: UnderWay) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    const boarding = this.#boarding.get(key) as Flight<T> | undefined
    this.#watch(this.#kind, boarding === undefined ? 'read' : 'shared')
    return (boarding ?? this.#open(key, ask)).board(signal)
  }

  /** What `key` names has changed here: an answer under way is not to be kept, and the next does not wait for it. */
  forget(key: string): void {
    const flight = this.#underWay.get(key)
    if (flight === undefined) return
    flight.isForgotten = true
    this.#underWay.delete(key)
  }

  #open<T>(key: string, ask: (flight: UnderWay) => Promise<T>): Flight<T> {
    const leave = (flights: Map<string, Flight<unknown>>): void => {
      if (flights.get(key) === (flight as Flight<unknown>)) flights.delete(key)
    }
    const flight: Flight<T> = new Flight<T>(() => {
      leave(this.#boarding)
      leave(this.#underWay)
    })
    this.#boarding.set(key, flight as Flight<unknown>)
    const begin = async (): Promise<void> => {
      await within(patienceMs, this.#underWay.get(key)?.landed)
      leave(this.#boarding)
      if (flight.signal.aborted) return
      this.#underWay.set(key, flight as Flight<unknown>)
      await flight.fly(ask)
      leave(this.#underWay)
    }
    void begin()
    return flight
  }
}

async function within(ms: number, landed: Promise<void> | undefined): Promise<void> {
  if (landed === undefined) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([landed, late])
  clearTimeout(timer)
}
