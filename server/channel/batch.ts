// The batch of one key. One loop owns it: it accepts values even while it flushes or waits to retry.
//
//   1 collect   until there are `max` values, or `waitMs` have passed since the oldest arrived
//   2 flush     the oldest `max` of them, one flush at a time
//   3 failed    they are held again, in front of newer ones; after a pause with jitter, phase 2
//   4 flushed   if nothing is left the loop ends; otherwise phase 1
import { Channel } from './channel.ts'
import { select, type Selectable } from './select.ts'

export interface BatchRules<Key, Value> extends BatchSettings<Value> {
  /** Writes values of one key. Returns those that have to wait for a later flush; throws if none was certainly written. */
  flush: (key: Key, values: Value[]) => Promise<readonly Value[]>
  /** Called for each flush that failed. */
  onError: (error: unknown, key: Key) => void
}

export interface BatchSettings<Value> {
  /** This many values are flushed at once, and at most this many together. */
  max: number
  /** How long a value waits for others. */
  waitMs: number
  /** Maximum of values held; then the inbox fills, and then senders wait or are refused. */
  held: number
  /** The pause after a failure: a random part of `first`, doubled each time up to `max`. */
  retryMs: { first: number; max: number }
  /** Two values with the same `of` are merged. Without it no values are merged. */
  same?: { of: (value: Value) => unknown; merge: (older: Value, newer: Value) => Value }
}

/** Totals over all keys. */
export interface BatchCounts {
  /** Values accepted, and those among them that were merged with an older one. */
  values: number
  merged: number
  /** Values refused because a batch, or the number of keys, was full. */
  refused: number
  flushes: number
  /** Failed flushes whose values are retried. */
  retries: number
  /** Values still held when closing reached its deadline. */
  lost: number
}

/** Both are channels that nobody sends into; they are closed once. */
export interface Ends {
  /** Flush everything, then end. */
  closing: Selectable
  /** End at once, even if values are left. */
  quit: Selectable
}

interface Held<Value> {
  value: Value
  cameAt: number
}

type Outcome<Value> = { left: readonly Value[] } | { error: unknown }

export class Batch<Key, Value> {
  readonly inbox: Channel<Value>
  readonly #key: Key
  readonly #rules: BatchRules<Key, Value>
  readonly #counts: BatchCounts
  readonly #ends: Ends
  #held = new Map<unknown, Held<Value>>()
  /** Values in the flush in progress. */
  #flushing = 0
  #failures = 0
  #identities = 0

  constructor(
    key: Key,
    inbox: Channel<Value>,
    rules: BatchRules<Key, Value>,
    counts: BatchCounts,
    ends: Ends,
  ) {
    this.#key = key
    this.inbox = inbox
    this.#rules = rules
    this.#counts = counts
    this.#ends = ends
  }

  get size(): number {
    return this.inbox.length + this.#held.size + this.#flushing
  }

  /**
   * Ends when nothing is left, or when it may not wait any longer.
   * Invariant: `ended` is called in the same tick as the last check of the inbox, so that no value arrives in between.
   */
  async run(ended: () => void): Promise<void> {
    do {
      await this.#untilDue()
      await this.#flush()
    } while (this.size > 0 && !this.#ends.quit.isReady)
    ended()
  }

  async #untilDue(): Promise<void> {
    const { closing } = this.#ends
    if (this.#failures > 0) {
      const { first, max } = this.#rules.retryMs
      const pauseMs = Math.min(max, first * 2 ** (this.#failures - 1)) * (0.5 + Math.random() / 2)
      // Closing shortens the pause in progress, but no later one.
      return this.#collectFor(pauseMs, closing.isReady ? [] : [closing])
    }
    await this.#collect([closing], 1)
    const [oldest] = this.#held.values()
    if (oldest === undefined || closing.isReady) return
    const leftMs = oldest.cameAt + this.#rules.waitMs - performance.now()
    await this.#collectFor(leftMs, [closing], this.#rules.max)
  }

  async #flush(): Promise<void> {
    const taken = new Map([...this.#held].slice(0, this.#rules.max))
    if (taken.size === 0 || this.#ends.quit.isReady) return
    for (const identity of taken.keys()) this.#held.delete(identity)
    this.#flushing = taken.size
    this.#counts.flushes += 1
    const flushed = new Channel<Outcome<Value>>(1)
    void this.#write([...taken.values()].map(({ value }) => value)).then((outcome) =>
      flushed.trySend(outcome),
    )
    await this.#collect([flushed])
    this.#flushing = 0
    const outcome = flushed.tryReceive()
    if (outcome !== undefined && 'left' in outcome) {
      for (const value of outcome.left) this.#hold(value)
      // What is left waits again; while closing, when nothing waits for more values, it waits as after a failure.
      this.#failures = outcome.left.length > 0 && this.#ends.closing.isReady ? this.#failures + 1 : 0
      return
    }
    const gathered = this.#held
    this.#held = taken
    for (const [identity, held] of gathered) this.#put(identity, held)
    if (outcome === undefined) return
    this.#failures += 1
    this.#counts.retries += 1
    this.#rules.onError(outcome.error, this.#key)
  }

  async #write(values: Value[]): Promise<Outcome<Value>> {
    try {
      return { left: await this.#rules.flush(this.#key, values) }
    } catch (error) {
      return { error }
    }
  }

  async #collectFor(ms: number, ends: Selectable[], enough?: number): Promise<void> {
    const over = new Channel<never>(1)
    const timer = setTimeout(() => over.close(), Math.max(0, ms)).unref()
    await this.#collect([over, ...ends], enough)
    clearTimeout(timer)
  }

  /** Accepts values until `enough` are held, or one of the ends is ready. */
  async #collect(ends: Selectable[], enough = Infinity): Promise<void> {
    const all = [...ends, this.#ends.quit]
    for (;;) {
      while (this.inbox.length > 0 && this.#isRoomy) this.#hold(this.inbox.tryReceive() as Value)
      if (this.#held.size >= enough || all.some(({ isReady }) => isReady)) return
      await select<Selectable>([this.#isRoomy && !this.inbox.isClosed ? this.inbox : undefined, ...all])
    }
  }

  get #isRoomy(): boolean {
    return this.#held.size + this.#flushing < this.#rules.held
  }

  #hold(value: Value): void {
    const identity = this.#rules.same === undefined ? (this.#identities += 1) : this.#rules.same.of(value)
    if (this.#put(identity, { value, cameAt: performance.now() })) this.#counts.merged += 1
  }

  /** True if there was an equal one, which keeps its place and its time. */
  #put(identity: unknown, { value, cameAt }: Held<Value>): boolean {
    const older = this.#held.get(identity)
    const merged = older === undefined ? value : (this.#rules.same?.merge(older.value, value) ?? value)
    this.#held.set(identity, { value: merged, cameAt: older?.cameAt ?? cameAt })
    return older !== undefined
  }
}
