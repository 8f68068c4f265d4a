// The one WebSocket of this tab: it connects, reconnects by itself, and notices a dead connection. It knows frames and
// time; the meaning of events is the feed's.
import type { Request } from '../../server/protocol/requests.ts'
import { mayComeBack } from '../../server/protocol/errors.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import { waitMs } from './back-off.ts'
import { readFrame, writeFrames } from './frames.ts'
import { Liveness } from './liveness.ts'

/** `live` from the server's welcome on; `waiting` until the next attempt; `shut`: no more attempts. */
export type SocketState = 'shut' | 'connecting' | 'live' | 'waiting'

export interface SocketDeps {
  url: string
  /** The events of one frame, in order. */
  hear: (events: ServerEvent[]) => void
  changed: (state: SocketState) => void
  /** A handshake failed, and the browser hides why (401, 503, no server). */
  doubt: () => void
  /** The server said not to come back, with this close code. */
  turnedAway: (code: number) => void
  /** A request that the server must answer with at least one event, or undefined if there is none. */
  question: () => Request | undefined
}

/** A handshake that takes longer has met a firewall that drops packets. */
const handshakeMs = 10_000
/**
 * A connection that lived this long was good; a server that accepts and closes at once is retried with growing delays.
 */
const goodMs = 10_000

export class Socket {
  state: SocketState = 'shut'
  /** Consecutive failures; a welcome resets them. */
  failures = 0
  /** When the next attempt is made, while waiting. */
  retryAt: number | undefined
  readonly #deps: SocketDeps
  readonly #liveness: Liveness
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #liveAt = 0
  /** Consecutive connections that were welcomed and did not last. */
  #shortLives = 0
  #queue: Request[] = []

  constructor(deps: SocketDeps) {
    this.#deps = deps
    this.#liveness = new Liveness({
      ask: () => this.#ask(),
      dead: () => this.#lose(),
    })
  }

  open(): void {
    if (this.state === 'shut') this.#connect()
  }

  /** Closes it for good, from this side. */
  shut(): void {
    this.#drop()
    this.#enter('shut')
  }

  /** The person wants it: tries at once, even if the server said not to come back. */
  retryNow(): void {
    this.open()
    this.wake()
  }

  /** The network or the person is back: tries at once if waiting; if live, checks the connection. */
  wake(): void {
    if (this.state === 'waiting') this.#connect()
    else if (this.state === 'live') this.#liveness.hurry()
  }

  /**
   * The browser reports that the network is gone. It may be wrong (a server on this computer), so the server is asked.
   */
  suspect(): void {
    if (this.state === 'live') this.#liveness.suspect()
  }

  /**
   * Sends it, if live; all requests of one pass of the event loop go in as few frames as possible. False: it was not
   * sent.
   */
  tell(command: Request): boolean {
    if (this.state !== 'live') return false
    if (this.#queue.push(command) === 1) queueMicrotask(() => this.#flush())
    return true
  }

  #flush(): void {
    const frames = writeFrames(this.#queue)
    this.#queue = []
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    for (const frame of frames) this.#socket.send(frame)
  }

  #ask(): boolean {
    const question = this.#deps.question()
    return question !== undefined && this.tell(question)
  }

  #connect(): void {
    this.#drop()
    this.retryAt = undefined
    this.#enter('connecting')
    const socket = new WebSocket(this.#deps.url)
    this.#socket = socket
    this.#timer = setTimeout(() => this.#lose(), handshakeMs)
    // Late events of an abandoned socket are ignored: each handler checks whether it is still the current one.
    socket.onmessage = ({ data }) => socket === this.#socket && this.#hear(data)
    socket.onclose = ({ code }) => socket === this.#socket && this.#closed(code)
  }

  #hear(data: unknown): void {
    const events = typeof data === 'string' ? readFrame(data) : []
    this.#deps.hear(events)
    // Trap: without the welcome nothing is resumed and nothing is sent; such a connection ends like one without an answer.
    if (this.state === 'connecting' && events.some(({ type }) => type === 'welcome')) this.#welcomed()
    if (this.state === 'live') this.#liveness.heard()
  }

  #welcomed(): void {
    clearTimeout(this.#timer)
    this.#liveAt = Date.now()
    this.#enter('live')
  }

  #closed(code: number): void {
    if (mayComeBack(code)) return this.#lose()
    this.shut()
    this.#deps.turnedAway(code)
  }

  /** The connection, or the attempt, is over: wait, then try again. */
  #lose(): void {
    const wasLive = this.state === 'live'
    if (wasLive) this.#shortLives = Date.now() - this.#liveAt >= goodMs ? 0 : this.#shortLives + 1
    this.failures = wasLive ? 1 + this.#shortLives : this.failures + 1
    this.#drop()
    const wait = waitMs(this.failures)
    this.retryAt = Date.now() + wait
    this.#timer = setTimeout(() => this.#connect(), wait)
    this.#enter('waiting')
    if (!wasLive) this.#deps.doubt()
  }

  #drop(): void {
    clearTimeout(this.#timer)
    this.#liveness.stop()
    this.#queue = []
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  #enter(state: SocketState): void {
    if (state === 'live') this.retryAt = undefined
    this.state = state
    this.#deps.changed(state)
  }
}
