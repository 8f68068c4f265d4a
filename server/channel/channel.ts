// A bounded asynchronous channel and select over several. Whoever sends into a full one waits; nothing is dropped.
//
//                 open, empty     open, some     open, full      closed, some     closed, empty
//   send          goes in         goes in        waits           ChannelClosed    ChannelClosed
//   trySend       true            true           false           false            false
//   receive       waits           oldest value   oldest value    oldest value     closed
//   tryReceive    undefined       oldest value   oldest value    oldest value     undefined
//   select        waits           is chosen      is chosen       is chosen        is chosen (closed)

/** What `receive` gives when a channel is closed and empty. */
export const closed: unique symbol = Symbol('closed')

/** Sending into a closed channel is a bug of the sender, as it is in Go. */
export class ChannelClosed extends Error {
  override name = 'ChannelClosed'
}

interface WaitingSend<T> {
  value: T
  sent: () => void
  fail: (error: unknown) => void
}

export class Channel<T> implements AsyncIterable<T> {
  readonly capacity: number
  readonly #values: T[] = []
  /** Index of the oldest value: taking one moves this instead of the whole array. */
  #oldest = 0
  readonly #senders: WaitingSend<T>[] = []
  /** Woken when a value or the end can be received. A waker is called once, or removed by its owner. */
  readonly #wakers = new Set<() => void>()
  #isClosed = false

  /** `capacity`: values held before a sender waits; at least 1. */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError(`capacity must be at least 1, not ${capacity}`)
    this.capacity = capacity
  }

  get length(): number {
    return this.#values.length - this.#oldest
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** True when `receive` would not wait. */
  get isReady(): boolean {
    return this.length > 0 || this.#isClosed
  }

  /** Puts a value in without waiting; false when the channel is full or closed. */
  trySend(value: T): boolean {
    if (this.#isClosed || this.length >= this.capacity) return false
    this.#values.push(value)
    this.#wake()
    return true
  }

  /**
   * Puts a value in, waiting while the channel is full. Waiting senders keep their order.
   * @throws ChannelClosed when it is closed, or is closed while waiting; the signal's reason when that aborts
   */
  async send(value: T, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.trySend(value)) return
    if (this.#isClosed) throw new ChannelClosed('send on a closed channel')
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#senders.splice(this.#senders.indexOf(waiting), 1)
        reject(signal?.reason)
      }
      const waiting: WaitingSend<T> = {
        value,
        sent: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
        fail: (error) => {
          signal?.removeEventListener('abort', abort)
          reject(error)
        },
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#senders.push(waiting)
    })
  }

  /** The oldest value, or undefined when there is none at this moment. */
  tryReceive(): T | undefined {
    if (this.length === 0) return undefined
    const value = this.#values[this.#oldest]
    this.#oldest += 1
    this.#compact()
    this.#admit()
    return value
  }

  /** Everything that is inside at this moment, oldest first; and what waiting senders then could put in. */
  takeAll(): T[] {
    if (this.length === 0) return []
    const taken = this.#oldest === 0 ? this.#values.splice(0) : this.#values.splice(0).slice(this.#oldest)
    this.#oldest = 0
    for (;;) {
      const waiting = this.#senders.shift()
      if (waiting === undefined) return taken
      taken.push(waiting.value)
      waiting.sent()
    }
  }

  /** The oldest value, waiting for one; `closed` when the channel is closed and empty. */
  async receive(signal?: AbortSignal): Promise<T | typeof closed> {
    for (;;) {
      await select([this], signal)
      if (this.length > 0) return this.tryReceive() as T
      // Neither a value nor the end: another receiver was faster.
      if (this.#isClosed) return closed
    }
  }

  /** No more can be sent; what is inside can still be received. Closing twice is the same as once. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const waiting of this.#senders.splice(0)) waiting.fail(new ChannelClosed('closed while sending'))
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const value = await this.receive()
      if (value === closed) return
      yield value
    }
  }

  /** For select only: calls `waker` once when something can be received; returns how to withdraw it. */
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
    if (this.length >= this.capacity) return
    const waiting = this.#senders.shift()
    if (waiting === undefined) return
    this.#values.push(waiting.value)
    waiting.sent()
    this.#wake()
  }

  #compact(): void {
    if (this.#oldest === this.#values.length) {
      this.#values.length = 0
      this.#oldest = 0
    } else if (this.#oldest >= 1_024 && this.#oldest * 2 >= this.#values.length) {
      this.#values.splice(0, this.#oldest)
      this.#oldest = 0
    }
  }
}

/** What select asks of a channel, whatever it carries. */
export interface Selectable {
  readonly isReady: boolean
  onReady(waker: () => void): () => void
}

/**
 * Waits until one of the channels can be received from (a value, or its end) and gives the ready one, chosen by chance
 * among several so that a busy channel cannot starve a quiet one. Another receiver may be faster: look with tryReceive.
 */
export async function select<C extends Selectable>(channels: readonly C[], signal?: AbortSignal): Promise<C> {
  for (;;) {
    signal?.throwIfAborted()
    const chosen = trySelect(channels)
    if (chosen !== undefined) return chosen
    await new Promise<void>((resolve, reject) => {
      const withdraw: (() => void)[] = []
      const end = (settle: () => void): void => {
        for (const leave of withdraw) leave()
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const abort = (): void => end(() => reject(signal?.reason))
      const wake = (): void => end(resolve)
      for (const channel of channels) withdraw.push(channel.onReady(wake))
      signal?.addEventListener('abort', abort, { once: true })
    })
  }
}

/** select with a default: the ready channel, or undefined when none is at this moment. */
export function trySelect<C extends Selectable>(channels: readonly C[]): C | undefined {
  const ready = channels.filter((channel) => channel.isReady)
  return ready[Math.floor(Math.random() * ready.length)]
}
