// Values for keys that nobody knew beforehand, gathered by key and written together. A batch is made at a key's first
// value and dropped when it is empty, so memory follows what waits; its end is in `keys`, `held` and `capacity`.
import { Batch, type BatchCounts, type BatchRules, type BatchSettings } from './batch.ts'
import { Channel, ChannelClosed } from './channel.ts'

export interface KeyedBatchesOptions<Key, Value> extends Partial<BatchSettings<Value>> {
  flush: BatchRules<Key, Value>['flush']
  onTrouble?: BatchRules<Key, Value>['onTrouble']
  /** Keys that have a batch at once. */
  keys?: number
  /** Values of one key that may stand in its channel, before its loop takes them in. */
  capacity?: number
}

/** How long closing goes on trying; below the time in which a stopping server must have ended (limits.drainMs). */
const closeWithinMs = 4_000

export class KeyedBatches<Key, Value> {
  readonly counts: BatchCounts = { values: 0, merged: 0, refused: 0, flushes: 0, retries: 0, lost: 0 }
  readonly #rules: BatchRules<Key, Value>
  readonly #capacity: number
  readonly #batches = new Map<Key, Batch<Key, Value>>()
  readonly #running = new Set<Promise<void>>()
  /** One value inside for each key that has a batch: whoever wants a new one waits as a sender does. */
  readonly #places: Channel<true>
  readonly #ends = { closing: new Channel<never>(1), quit: new Channel<never>(1) }
  #closed: Promise<number> | undefined

  constructor({ keys = 10_000, capacity = 100, ...rules }: KeyedBatchesOptions<Key, Value>) {
    this.#rules = {
      ...{ most: 10, waitMs: 10_000, held: 1_000, retryMs: { first: 500, most: 30_000 } },
      onTrouble: () => undefined,
      ...rules,
    }
    if (this.#rules.held < this.#rules.most) throw new RangeError('held must be at least most')
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

  /** Adds a value without waiting; false when its batch is full, no more keys can be had, or all is closed. */
  tryAdd(key: Key, value: Value): boolean {
    const batch = this.#batches.get(key) ?? (this.#places.trySend(true) ? this.#open(key) : undefined)
    const isAdded = batch?.inbox.trySend(value) === true
    this.counts[isAdded ? 'values' : 'refused'] += 1
    return isAdded
  }

  /**
   * Adds a value, waiting for a place when its batch is full or there are as many keys as may be.
   * @throws ChannelClosed when all is closed; the signal's reason when that aborts
   */
  async add(key: Key, value: Value, signal?: AbortSignal): Promise<void> {
    if (!this.#batches.has(key)) {
      await this.#places.send(true, signal)
      // Somebody else may have opened it meanwhile: then their place is enough.
      if (this.#batches.has(key)) this.#places.tryReceive()
      else if (this.#closed === undefined) this.#open(key)
    }
    const batch = this.#batches.get(key)
    if (batch === undefined) throw new ChannelClosed('add after close')
    await batch.inbox.send(value, signal)
    this.counts.values += 1
  }

  /** Takes no more, flushes everything, and gives how many values could not be flushed in time. */
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
