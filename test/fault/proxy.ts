// A TCP proxy on loopback that injects faults between two parties: delay, trickle, silence, lost replies, cuts. Can be
// switched on open connections. Trap: TCP never loses bytes in the middle, so a connection that lost some is cut next.
import net from 'node:net'
import type { AddressInfo } from 'node:net'

/** The proxy's target: a unix socket, or a port of this machine. */
export type Target = { path: string } | { port: number }

export interface ProxyFault {
  /** Delays every chunk by this much, in both directions. */
  delayMs?: number
  /** Requests pass, replies are dropped. */
  swallowReplies?: boolean
  /** Nothing passes in either direction, and nothing is closed. */
  halfOpen?: boolean
  /** Bytes that pass every 10 ms, in each direction. */
  trickleBytes?: number
  /** Only connections that have sent this command to Redis, in lower case, are affected. */
  of?: string
  /** New connections are reset at once, as if nothing were listening. */
  refuse?: boolean
}

const tickMs = 10

/** One direction of one connection: waiting chunks are sent in order, however long the fault lasts. */
class Way {
  readonly #waiting: { bytes: Buffer; due: number }[] = []
  readonly #from: net.Socket
  readonly #to: net.Socket
  readonly #fault: () => ProxyFault
  readonly #isAnswer: boolean
  readonly #lost: () => void
  #timer: NodeJS.Timeout | undefined
  #isEnding = false

  constructor(from: net.Socket, to: net.Socket, fault: () => ProxyFault, lost?: () => void) {
    this.#from = from
    this.#to = to
    this.#fault = fault
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

  /** Sends what may pass; called again whenever the fault changes. */
  move(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#move()
  }

  #take(bytes: Buffer): void {
    const { delayMs = 0, swallowReplies } = this.#fault()
    if (this.#isAnswer && swallowReplies === true) return this.#lost()
    this.#waiting.push({ bytes, due: Date.now() + delayMs })
    if (this.#waiting.length > 200) this.#from.pause()
    this.#move()
  }

  #move(): void {
    const { halfOpen, trickleBytes } = this.#fault()
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

/** The commands that a connection has sent to Redis: of those sent at once, those at the beginning. */
function commandsOf(near: net.Socket): ReadonlySet<string> {
  const commands = new Set<string>()
  near.on('data', (bytes: Buffer) => {
    const beginning = bytes.toString('latin1', 0, 512)
    for (const [, name = ''] of beginning.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g))
      commands.add(name.toLowerCase())
  })
  return commands
}

class Pair {
  readonly near: net.Socket
  readonly far: net.Socket
  /** A reply was dropped: the two sides are out of step. */
  hasLost = false
  readonly #ways: Way[]

  constructor(near: net.Socket, far: net.Socket, current: () => ProxyFault, gone: () => void) {
    this.near = near
    this.far = far
    const commands = commandsOf(near)
    const fault = (): ProxyFault => {
      const { of } = current()
      return of === undefined || commands.has(of) ? current() : {}
    }
    this.#ways = [
      new Way(near, far, fault),
      new Way(far, near, fault, () => {
        this.hasLost = true
      }),
    ]
    for (const [side, other] of [
      [near, far],
      [far, near],
    ] as const) {
      side.on('error', () => undefined)
      side.on('close', () => {
        // A half-open path carries no close either: the other side has to notice by itself.
        if (fault().halfOpen !== true) other.destroySoon()
        if (other.destroyed) gone()
      })
    }
  }

  move(): void {
    for (const way of this.#ways) way.move()
    if (this.near.destroyed !== this.far.destroyed) this.cut()
  }

  /** RST, in both directions. */
  cut(): void {
    for (const way of this.#ways) way.stop()
    if (!this.near.destroyed) this.near.resetAndDestroy()
    // A unix socket has no RST.
    this.far.destroy()
  }
}

export class Proxy {
  readonly #server: net.Server
  readonly #pairs = new Set<Pair>()
  #target: Target
  #fault: ProxyFault = {}
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

  /** The target of new connections from here on. */
  set target(target: Target) {
    this.#target = target
  }

  set(fault: ProxyFault): void {
    this.#fault = fault
    for (const pair of this.#pairs) pair.move()
  }

  /** Ends the fault; connections that lost something are cut. */
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
    if (this.#fault.refuse === true) return void near.resetAndDestroy()
    this.connections += 1
    near.setNoDelay(true)
    const far = net.connect({ ...this.#target, noDelay: true, allowHalfOpen: true } as net.NetConnectOpts)
    const pair = new Pair(
      near,
      far,
      () => this.#fault,
      () => this.#pairs.delete(pair),
    )
    this.#pairs.add(pair)
  }
}
