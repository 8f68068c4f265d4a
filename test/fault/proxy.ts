// A TCP proxy on loopback that stands between two parties and makes trouble: delay, trickle, silence, lost answers, cuts.
// Switched while connections live. Trap: TCP never loses bytes in the middle, so a connection that lost some is cut next.
import net from 'node:net'
import type { AddressInfo } from 'node:net'

/** Where a proxy leads: a unix socket, or a port of this machine. */
export type Target = { path: string } | { port: number }

export interface Trouble {
  /** Every chunk comes this much later, both ways. */
  delayMs?: number
  /** Requests pass, answers are dropped. */
  swallowReplies?: boolean
  /** Nothing passes either way, and nothing is closed. */
  halfOpen?: boolean
  /** Bytes that pass every 10 ms, each way. */
  trickleBytes?: number
  /** New connections are reset at once, as if nobody were there. */
  refuse?: boolean
}

const tickMs = 10

/** One direction of one connection: what waits goes on in order, however long the trouble lasts. */
class Way {
  readonly #waiting: { bytes: Buffer; due: number }[] = []
  readonly #from: net.Socket
  readonly #to: net.Socket
  readonly #trouble: () => Trouble
  readonly #isAnswer: boolean
  readonly #lost: () => void
  #timer: NodeJS.Timeout | undefined
  #isEnding = false

  constructor(from: net.Socket, to: net.Socket, trouble: () => Trouble, lost?: () => void) {
    this.#from = from
    this.#to = to
    this.#trouble = trouble
    this.#isAnswer = lost !== undefined
    this.#lost = lost ?? (() => undefined)
    from.on('data', (bytes: Buffer) => this.#take(bytes))
    from.on('end', () => {
      this.#isEnding = true
      this.#move()
    })
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  /** Lets pass what may pass; called again whenever the trouble changes. */
  move(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#move()
  }

  #take(bytes: Buffer): void {
    const { delayMs = 0, swallowReplies } = this.#trouble()
    if (this.#isAnswer && swallowReplies === true) return this.#lost()
    this.#waiting.push({ bytes, due: Date.now() + delayMs })
    if (this.#waiting.length > 200) this.#from.pause()
    this.#move()
  }

  #move(): void {
    const { halfOpen, trickleBytes } = this.#trouble()
    if (this.#timer !== undefined || halfOpen === true) return
    const now = Date.now()
    let allowed = trickleBytes ?? Infinity
    for (let first = this.#waiting[0]; first !== undefined && first.due <= now && allowed > 0;) {
      const part = first.bytes.subarray(0, allowed)
      allowed -= part.length
      this.#to.write(part)
      if (part.length === first.bytes.length) this.#waiting.shift()
      else first.bytes = first.bytes.subarray(part.length)
      first = this.#waiting[0]
    }
    const first = this.#waiting[0]
    if (first !== undefined) {
      this.#timer = setTimeout(() => this.move(), Math.max(tickMs, first.due - now))
      return
    }
    if (this.#from.isPaused()) this.#from.resume()
    if (this.#isEnding) this.#to.end()
  }
}

class Pair {
  readonly near: net.Socket
  readonly far: net.Socket
  /** An answer was dropped: both sides no longer speak of the same thing. */
  hasLost = false
  readonly #ways: Way[]

  constructor(near: net.Socket, far: net.Socket, trouble: () => Trouble, gone: () => void) {
    this.near = near
    this.far = far
    this.#ways = [
      new Way(near, far, trouble),
      new Way(far, near, trouble, () => {
        this.hasLost = true
      }),
    ]
    for (const [side, other] of [
      [near, far],
      [far, near],
    ] as const) {
      side.on('error', () => undefined)
      side.on('close', () => {
        // A half-open path carries no close either: the other side is to find out by itself.
        if (trouble().halfOpen !== true) other.destroySoon()
        if (other.destroyed) gone()
      })
    }
  }

  move(): void {
    for (const way of this.#ways) way.move()
    if (this.near.destroyed !== this.far.destroyed) this.cut()
  }

  /** RST, both ways. */
  cut(): void {
    for (const way of this.#ways) way.stop()
    if (!this.near.destroyed) this.near.resetAndDestroy()
    // A unix socket knows no RST.
    this.far.destroy()
  }
}

export class Proxy {
  readonly #server: net.Server
  readonly #pairs = new Set<Pair>()
  #target: Target
  #trouble: Trouble = {}
  connections = 0

  private constructor(target: Target) {
    this.#target = target
    this.#server = net.createServer({ allowHalfOpen: true }, (near) => this.#connect(near))
  }

  static async open(target: Target): Promise<Proxy> {
    const proxy = new Proxy(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Where new connections lead from here on. */
  set target(target: Target) {
    this.#target = target
  }

  set(trouble: Trouble): void {
    this.#trouble = trouble
    for (const pair of this.#pairs) pair.move()
  }

  /** No trouble any more; connections that lost something are cut. */
  clear(): void {
    for (const pair of [...this.#pairs]) if (pair.hasLost) pair.cut()
    this.set({})
  }

  cut(): void {
    for (const pair of [...this.#pairs]) pair.cut()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #connect(near: net.Socket): void {
    near.on('error', () => undefined)
    if (this.#trouble.refuse === true) return void near.resetAndDestroy()
    this.connections += 1
    near.setNoDelay(true)
    const far = net.connect({ ...this.#target, noDelay: true, allowHalfOpen: true } as net.NetConnectOpts)
    const pair = new Pair(
      near,
      far,
      () => this.#trouble,
      () => this.#pairs.delete(pair),
    )
    this.#pairs.add(pair)
  }
}
