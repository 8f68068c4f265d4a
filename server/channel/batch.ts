// The batch of one key. One loop owns it: it takes in what comes, also while it flushes or waits to try again.
//
//   1 gather    until there are `most` values, or `waitMs` have passed since the oldest came
//   2 flush     the oldest `most` of them, one flush at a time
//   3 failed    they are held again, in front of what came meanwhile; after a pause with jitter, phase 2
//   4 flushed   with nothing left the loop ends; else phase 1
import { Channel } from './channel.ts'
import { select, type Selectable } from './select.ts'

export interface BatchRules<Key, Value> extends BatchSettings<Value> {
  /** Writes values of one key. Gives those that have to wait for a later flush; throws when none was surely written. */
  flush: (key: Key, values: Value[]) => Promise<readonly Value[]>
  /** Hears of each flush that failed. */
  onTrouble: (error: unknown, key: Key) => void
}

export interface BatchSettings<Value> {
  /** Values that are flushed at once, and at most together. */
  most: number
  /** How long a value waits for others. */
  waitMs: number
  /** Values held at most; then the inbox fills, and then senders wait or are refused. */
  held: number
  /** The pause after a failure: a random part of `first`, doubled each time up to `most`. */
  retryMs: { first: number; most: number }
  /** Two values with the same `of` become one. Without it every value is one of its own. */
  same?: { of: (value: Value) => unknown; merge: (older: Value, newer: Value) => Value }
}

/** What has been done so far, over all keys. */
export interface BatchCounts {
  /** Values taken, and those among them that met an older one of the same. */
  values: number
  merged: number
  /** Values refused because a batch, or the number of keys, was full. */
  refused: number
  flushes: number
  /** Flushes that failed, and whose values are tried again. */
  retries: number
  /** Values that were there when closing had to end. */
  lost: number
}

/** Both are channels that nobody sends into, and that are closed once. */
export interface Ends {
  /** Flush what is there, and end. */
  closing: Selectable
  /** End, whatever is there. */
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
  /** Values under way in a flush. */
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
   * Ends when nothing is left, or nothing may be waited for any more.
   * Invariant: `ended` is called in the same turn as the last look at the inbox, so that no value comes in between.
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
      const { first, most } = this.#rules.retryMs
      const pauseMs = Math.min(most, first * 2 ** (this.#failures - 1)) * (0.5 + Math.random() / 2)
      // Closing cuts the pause short that it finds, and no later one.
      return this.#gatherFor(pauseMs, closing.isReady ? [] : [closing])
    }
    await this.#gather([closing], 1)
    const [oldest] = this.#held.values()
    if (oldest === undefined || closing.isReady) return
    const leftMs = oldest.cameAt + this.#rules.waitMs - performance.now()
    await this.#gatherFor(leftMs, [closing], this.#rules.most)
  }

  async #flush(): Promise<void> {
    const taken = new Map([...this.#held].slice(0, this.#rules.most))
    if (taken.size === 0 || this.#ends.quit.isReady) return
    for (const identity of taken.keys()) this.#held.delete(identity)
    this.#flushing = taken.size
    this.#counts.flushes += 1
    const flushed = new Channel<Outcome<Value>>(1)
    void this.#write([...taken.values()].map(({ value }) => value)).then((outcome) =>
      flushed.trySend(outcome),
    )
    await this.#gather([flushed])
    this.#flushing = 0
    const outcome = flushed.tryReceive()
    if (outcome !== undefined && 'left' in outcome) {
      for (const value of outcome.left) this.#hold(value)
      // What is left waits anew; while closing, where nothing waits for others, it waits as after a failure.
      this.#failures = outcome.left.length > 0 && this.#ends.closing.isReady ? this.#failures + 1 : 0
      return
    }
    const gathered = this.#held
    this.#held = taken
    for (const [identity, held] of gathered) this.#put(identity, held)
    if (outcome === undefined) return
    this.#failures += 1
    this.#counts.retries += 1
    this.#rules.onTrouble(outcome.error, this.#key)
  }

  async #write(values: Value[]): Promise<Outcome<Value>> {
    try {
      return { left: await this.#rules.flush(this.#key, values) }
    } catch (error) {
      return { error }
    }
  }

  async #gatherFor(ms: number, ends: Selectable[], enough?: number): Promise<void> {
    const over = new Channel<never>(1)
    const timer = setTimeout(() => over.close(), Math.max(0, ms)).unref()
    await this.#gather([over, ...ends], enough)
    clearTimeout(timer)
  }

  /** Takes in what comes until `enough` is held, or one of the ends is ready. */
  async #gather(ends: Selectable[], enough = Infinity): Promise<void> {
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

  /** True when there was one of the same, which keeps its place and its time. */
  #put(identity: unknown, { value, cameAt }: Held<Value>): boolean {
    const older = this.#held.get(identity)
    const merged = older === undefined ? value : (this.#rules.same?.merge(older.value, value) ?? value)
    this.#held.set(identity, { value: merged, cameAt: older?.cameAt ?? cameAt })
    return older !== undefined
  }
}
