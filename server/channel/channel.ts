// A bounded asynchronous channel. Senders wait while it is full; no value is dropped or delivered twice.
//
//                 nil             open, empty     open, some     open, full      closed, some     closed, empty
//   send          -               goes in         goes in        waits           ChannelClosed    ChannelClosed
//   trySend       -               true            true           false           false            false
//   receive       -               waits           oldest value   oldest value    oldest value     closed
//   tryReceive    -               undefined       oldest value   oldest value    oldest value     undefined
//   select        never chosen    waits           is chosen      is chosen       is chosen        is chosen (closed)
//
// nil is `undefined` in place of a channel: only select accepts it, as a disabled case.
// Each wait takes an AbortSignal. A waiter that aborts leaves its queue and changes nothing else.
import { Queue } from './queue.ts'
import type { Selectable } from './select.ts'
import { wait, type Waiter } from './wait.ts'

/** Returned by `receive` when the channel is closed and empty. */
export const closed: unique symbol = Symbol('closed')

/** Sending to a closed channel is a bug of the sender, as in Go. */
export class ChannelClosed extends Error {
  override name = 'ChannelClosed'
}

interface WaitingSend<T> extends Waiter<undefined> {
  value: T
}

/**
 * Invariants, kept by every line that touches the queues: receivers wait only while nothing is inside; senders wait
 * only while it is full.
 */
export class Channel<T> implements AsyncIterable<T>, Selectable {
  readonly capacity: number
  readonly #values = new Queue<T>()
  readonly #senders = new Queue<WaitingSend<T>>()
  readonly #receivers = new Queue<Waiter<T | typeof closed>>()
  /** Called when a value or the end can be received. A waker is called once, or removed by its owner. */
  readonly #wakers = new Set<() => void>()
  #isClosed = false

  /** `capacity`: values held before a sender waits; at least 1. */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError(`capacity must be at least 1, not ${capacity}`)
    this.capacity = capacity
  }

  get length(): number {
    return this.#values.length
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** True when `receive` would not wait. */
  get isReady(): boolean {
    return this.#values.length > 0 || this.#isClosed
  }

  /** Puts a value in without waiting; false when the channel is full or closed. */
  trySend(value: T): boolean {
    if (this.#isClosed || this.#values.length >= this.capacity) return false
    const receiver = this.#receivers.shift()
    if (receiver !== undefined) {
      receiver.done(value)
      return true
    }
    this.#values.push(value)
    this.#wake()
    return true
  }

  /**
   * Puts a value in, waiting while the channel is full. Waiting senders keep their order.
   * @throws ChannelClosed if it is or becomes closed; the signal's reason if that aborts
   */
  async send(value: T, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.trySend(value)) return
    if (this.#isClosed) throw new ChannelClosed('send on a closed channel')
    await wait<undefined>(signal, (waiter) => {
      const waiting = { value, ...waiter }
      this.#senders.push(waiting)
      return () => this.#senders.remove(waiting)
    })
  }

  /** The oldest value, or undefined if there is none right now. */
  tryReceive(): T | undefined {
    const value = this.#values.shift()
    this.#admit()
    return value
  }

  /** All values inside right now, oldest first, and those of waiting senders, which then continue. */
  takeAll(): T[] {
    if (this.#values.length === 0) return []
    const taken = this.#values.takeAll()
    for (const waiting of this.#senders.takeAll()) {
      taken.push(waiting.value)
      waiting.done(undefined)
    }
    return taken
  }

  /**
   * The oldest value, waiting for one; `closed` when the channel is closed and empty. Waiting receivers keep their order.
   * @throws the signal's reason if that aborts
   */
  async receive(signal?: AbortSignal): Promise<T | typeof closed> {
    signal?.throwIfAborted()
    if (this.#values.length > 0) return this.tryReceive() as T
    if (this.#isClosed) return closed
    return wait<T | typeof closed>(signal, (waiter) => {
      this.#receivers.push(waiter)
      return () => this.#receivers.remove(waiter)
    })
  }

  /** Nothing more can be sent; values inside can still be received. Closing twice is the same as once. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const waiting of this.#senders.takeAll()) waiting.fail(new ChannelClosed('closed while sending'))
    for (const waiting of this.#receivers.takeAll()) waiting.done(closed)
    this.#wake()
  }

  /** Every value until the channel is closed and empty. Leaving the loop closes nothing. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.values()
  }

  /** The same with a signal: the loop throws its reason if it aborts. */
  async *values(signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const value = await this.receive(signal)
      if (value === closed) return
      yield value
    }
  }

  /** Only for select: calls `waker` once when something can be received; returns a function that withdraws it. */
  onReady(waker: () => void): () => void {
    this.#wakers.add(waker)
    return () => this.#wakers.delete(waker)
  }

  #wake(): void {
    if (this.#wakers.size === 0) return
    const wakers = [...this.#wakers]
    this.#wakers.clear()
    for (const waker of wakers) waker()
  }

  /** A place is free: the first waiting sender's value goes in. */
  #admit(): void {
    if (this.#values.length >= this.capacity) return
    const waiting = this.#senders.shift()
    if (waiting === undefined) return
    this.#values.push(waiting.value)
    waiting.done(undefined)
    this.#wake()
  }
}
