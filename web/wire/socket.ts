// The one WebSocket of this tab: it connects, comes back by itself, and notices when nobody is at the other end.
// It knows frames and time; what the events mean is the feed's.
import type { Command } from '../../server/protocol/commands.ts'
import { mayComeBack } from '../../server/protocol/errors.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import { waitMs } from './back-off.ts'
import { readFrame, writeFrames } from './frames.ts'
import { Liveness } from './liveness.ts'

/** `live` from the server's first event (welcome) on; `waiting` until the next try; `shut`: nothing tries again. */
export type SocketState = 'shut' | 'connecting' | 'live' | 'waiting'

export interface SocketDoors {
  url: string
  /** The events of one frame, in order. */
  hear: (events: ServerEvent[]) => void
  changed: (state: SocketState) => void
  /** A handshake failed, and the browser hides why (401, 503, nobody there). */
  doubt: () => void
  /** The server said not to come back, by this close code. */
  turnedAway: (code: number) => void
  /** A command that the server must answer with at least one event, or undefined where there is none. */
  question: () => Command | undefined
}

/** A handshake that takes longer has met a firewall that swallows packets. */
const handshakeMs = 10_000
/** A connection that lived this long was a good one; a server that welcomes and drops at once is met ever later. */
const goodMs = 10_000

export class Socket {
  state: SocketState = 'shut'
  /** Failures in a row; a welcome ends the row. */
  failures = 0
  /** When the next try is made, while waiting. */
  retryAt: number | undefined
  readonly #doors: SocketDoors
  readonly #liveness: Liveness
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #liveAt = 0
  /** Connections in a row that were welcomed and did not last. */
  #shortLives = 0
  #queue: Command[] = []

  constructor(doors: SocketDoors) {
    this.#doors = doors
    this.#liveness = new Liveness({
      ask: () => this.#ask(),
      dead: () => this.#lose(),
    })
  }

  open(): void {
    if (this.state === 'shut') this.#connect()
  }

  /** Ends it for good, as far as this side is concerned. */
  shut(): void {
    this.#drop()
    this.#enter('shut')
  }

  /** A person wants it: tries at once, even where the server said not to come back. */
  retryNow(): void {
    this.open()
    this.wake()
  }

  /** The network or the person is back: tries at once where it waits; where it is live it makes sure that it is. */
  wake(): void {
    if (this.state === 'waiting') this.#connect()
    else if (this.state === 'live') this.#liveness.hurry()
  }

  /** The browser says that the network is gone. It may be wrong (a server on this computer), so the server is asked. */
  suspect(): void {
    if (this.state === 'live') this.#liveness.suspect()
  }

  /** Says it, if live; all that is said in one turn goes in as few frames as possible. False: it was not said. */
  tell(command: Command): boolean {
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
    const question = this.#doors.question()
    return question !== undefined && this.tell(question)
  }

  #connect(): void {
    this.#drop()
    this.retryAt = undefined
    this.#enter('connecting')
    const socket = new WebSocket(this.#doors.url)
    this.#socket = socket
    this.#timer = setTimeout(() => this.#lose(), handshakeMs)
    // A late word of a socket that was given up is nobody's: each handler asks whether it is still the one.
    socket.onmessage = ({ data }) => socket === this.#socket && this.#hear(data)
    socket.onclose = ({ code }) => socket === this.#socket && this.#closed(code)
  }

  #hear(data: unknown): void {
    const events = typeof data === 'string' ? readFrame(data) : []
    if (this.state === 'connecting') this.#welcomed()
    this.#liveness.heard()
    this.#doors.hear(events)
  }

  #welcomed(): void {
    clearTimeout(this.#timer)
    this.#liveAt = Date.now()
    this.#enter('live')
  }

  #closed(code: number): void {
    if (mayComeBack(code)) return this.#lose()
    this.shut()
    this.#doors.turnedAway(code)
  }

  /** The connection, or the try, is over: wait, then try again. */
  #lose(): void {
    const wasLive = this.state === 'live'
    if (wasLive) this.#shortLives = Date.now() - this.#liveAt >= goodMs ? 0 : this.#shortLives + 1
    this.failures = wasLive ? 1 + this.#shortLives : this.failures + 1
    this.#drop()
    const wait = waitMs(this.failures)
    this.retryAt = Date.now() + wait
    this.#timer = setTimeout(() => this.#connect(), wait)
    this.#enter('waiting')
    if (!wasLive) this.#doors.doubt()
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
    this.#doors.changed(state)
  }
}
