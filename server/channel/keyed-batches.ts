// Values for keys that are not known beforehand, collected by key and written together. A batch is created with a key's
// first value and removed when it is empty, so memory follows what waits; `keys`, `held` and `capacity` limit it.
import { Batch, type BatchCounts, type BatchRules, type BatchSettings } from './batch.ts'
import { Channel, ChannelClosed } from './channel.ts'

export interface KeyedBatchesOptions<Key, Value> extends Partial<BatchSettings<Value>> {
  flush: BatchRules<Key, Value>['flush']
  onError?: BatchRules<Key, Value>['onError']
  /** Maximum of keys with a batch. */
  keys?: number
  /** Values of one key that may wait in its channel before its loop accepts them. */
  capacity?: number
}

/** How long closing keeps retrying; less than the time in which a stopping server must exit (limits.drainMs). */
const closeWithinMs = 4_000

export class KeyedBatches<Key, Value> {
  readonly counts: BatchCounts = { values: 0, merged: 0, refused: 0, flushes: 0, retries: 0, lost: 0 }
  readonly #rules: BatchRules<Key, Value>
  readonly #capacity: number
  readonly #batches = new Map<Key, Batch<Key, Value>>()
  readonly #running = new Set<Promise<void>>()
  /** Holds one value for each key that has a batch: to create a new one is to send into it, which may wait. */
  readonly #places: Channel<true>
  readonly #ends = { closing: new Channel<never>(1), quit: new Channel<never>(1) }
  #closed: Promise<number> | undefined

  constructor({ keys = 10_000, capacity = 100, ...rules }: KeyedBatchesOptions<Key, Value>) {
    this.#rules = {
      max: 10,
      waitMs: 10_000,
      held: 1_000,
      retryMs: { first: 500, max: 30_000 },
      onError: () => undefined,
      ...rules,
    }
    if (this.#rules.held < this.#rules.max) throw new RangeError('held must be at least max')
    this.#capacity = capacity
    this.#places = new Channel(keys)
  }

  /** Keys that have a batch. */
  get keys(): number {
    return this.#batches.size
  }

  /** Values that are not flushed yet. */
  get waiting(): number {
    let sum = 0
    for (const { size } of this.#batches.values()) sum += size
    return sum
  }

  /** Adds a value without waiting; false if its batch is full, there are too many keys, or it is closed. */
  tryAdd(key: Key, value: Value): boolean {
    const batch = this.#batches.get(key) ?? (this.#places.trySend(true) ? this.#open(key) : undefined)
    const isAdded = batch?.inbox.trySend(value) === true
    this.counts[isAdded ? 'values' : 'refused'] += 1
    return isAdded
  }

  /**
   * Adds a value, waiting for a place if its batch is full or there are too many keys.
   * @throws ChannelClosed if it is closed; the signal's reason if that aborts
   */
  async add(key: Key, value: Value, signal?: AbortSignal): Promise<void> {
    if (!this.#batches.has(key)) {
      await this.#places.send(true, signal)
      // Another caller may have created it meanwhile: then its place is enough.
      if (this.#batches.has(key)) this.#places.tryReceive()
      else if (this.#closed === undefined) this.#open(key)
    }
    const batch = this.#batches.get(key)
    if (batch === undefined) throw new ChannelClosed('add after close')
    await batch.inbox.send(value, signal)
    this.counts.values += 1
  }

  /** Accepts no more, flushes everything, and returns how many values could not be flushed in time. */
  close(withinMs = closeWithinMs): Promise<number> {
    this.#closed ??= this.#close(withinMs)
    return this.#closed
  }

  async #close(withinMs: number): Promise<number> {
    this.#places.close()
    for (const { inbox } of this.#batches.values()) inbox.close()
    this.#ends.closing.close()
    const timer = setTimeout(() => this.#ends.quit.close(), withinMs)
    await Promise.all(this.#running)
    clearTimeout(timer)
    return this.counts.lost
  }

  #open(key: Key): Batch<Key, Value> {
    const batch = new Batch(key, new Channel<Value>(this.#capacity), this.#rules, this.counts, this.#ends)
    this.#batches.set(key, batch)
    const running = batch.run(() => {
      this.counts.lost += batch.size
      this.#batches.delete(key)
      this.#places.tryReceive()
      this.#running.delete(running)
    })
    this.#running.add(running)
    return batch
  }
}
