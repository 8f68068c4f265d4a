// One raw socket that speaks just enough WebSocket and checks every byte it receives: each number of the room once, in
// order, and the same text as everyone else received.
import net from 'node:net'
import { errors } from '../../../server/protocol/errors.ts'
import type { ErrorEvent, ServerEvent } from '../../../server/protocol/events.ts'
import { clock } from './clock.ts'
import {
  margins,
  messageOfCid,
  messageOfText,
  pongFrame,
  spoken,
  textFrame,
  upgradeRequest,
} from './frames.ts'
import type { Dialect } from './frames.ts'
import type { Tally } from './tally.ts'
import type { Transcript } from './transcript.ts'

/** All sockets of a thread read into this one: libuv fills it and calls back before it reads the next socket. */
const shared = Buffer.alloc(256 * 1024)
const newline = 0x0a
const digitZero = 0x30
const digitTwo = 0x32
const opcodes = { text: 0x81, close: 0x88, ping: 0x89 }

export interface ListenerOptions {
  port: number
  cookie: string
  dialect: Dialect
  tally: Tally
  /** A message of ours was received for the first time in this thread. */
  onFirst: (message: number) => void
  /** A message may be resent with the same cid, after the delay that the server gives, if any. */
  onAgain: (message: number, listener: Listener, afterMs?: number) => void
}

/** `arriving`: until the round begins, nothing is counted. */
type State = 'shaking' | 'arriving' | 'listening' | 'closed'

export class Listener {
  room = ''
  /** The number that must come next. */
  next = 0
  readonly #options: ListenerOptions
  readonly #socket: net.Socket
  readonly #missing = new Set<number>()
  #state: State = 'shaking'
  #transcript: Transcript | undefined
  #line = 0
  /** The beginning of an incomplete frame. */
  #rest = Buffer.alloc(0)
  #welcomed: () => void = () => undefined
  #failed: (error: Error) => void = () => undefined

  private constructor(options: ListenerOptions) {
    this.#options = options
    const { port } = options
    const onread = { buffer: shared, callback: (count: number) => this.#read(count) }
    this.#socket = net.connect({ host: '127.0.0.1', port, noDelay: true, onread })
    this.#socket.on('error', (error) => this.#end(error))
    this.#socket.on('close', () => this.#end(new Error('the server closed the socket')))
    this.#socket.write(upgradeRequest(port, options.cookie, options.dialect))
  }

  /** Resolves with the welcome; the rooms continue from there. */
  static connect(options: ListenerOptions): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const listener: Listener = new Listener(options)
      listener.#welcomed = () => resolve(listener)
      listener.#failed = reject
    })
  }

  /** From here on everything counts. */
  begin(transcript: Transcript): void {
    this.#transcript = transcript
    this.#line = 0
    if (this.#state === 'arriving') this.#state = 'listening'
  }

  write(frame: Buffer): void {
    this.#socket.write(frame)
  }

  /** The numbers up to `head` that were not received. */
  missingUpTo(head: number): number {
    return this.#missing.size + Math.max(0, head + 1 - this.next)
  }

  close(): void {
    this.#state = 'closed'
    this.#socket.destroy()
  }

  #end(error: Error): void {
    if (this.#state === 'closed') return
    if (this.#state === 'listening') this.#options.tally.ended(error.message)
    this.#state = 'closed'
    this.#socket.destroy()
    this.#failed(error)
  }

  #read(count: number): boolean {
    const now = clock()
    this.#options.tally.lastHeardAt = now
    const bytes =
      this.#rest.byteLength === 0
        ? shared.subarray(0, count)
        : Buffer.concat([this.#rest, shared.subarray(0, count)])
    const at = this.#frames(bytes, this.#state === 'shaking' ? this.#shake(bytes) : 0, now)
    this.#rest = at === bytes.byteLength ? empty : Buffer.from(bytes.subarray(at))
    return true
  }

  /** Parses the response to the upgrade; returns where the frames begin, or 0 if it is incomplete. */
  #shake(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return 0
    const answer = bytes.toString('latin1', 0, end)
    if (answer.startsWith('HTTP/1.1 101')) this.#state = 'arriving'
    else this.#end(new Error(`no upgrade: ${answer.slice(0, 40)}`))
    return end + 4
  }

  /** Processes complete frames, and returns where the first incomplete one begins. */
  #frames(bytes: Buffer, from: number, now: number): number {
    if (this.#state === 'shaking') return from
    let at = from
    for (;;) {
      const left = bytes.byteLength - at
      if (left < 2) return at
      const short = bytes[at + 1] ?? 0
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (left < head) return at
      const size =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6)
      if (left < head + size) return at
      this.#frame(bytes[at] ?? 0, bytes, at + head, at + head + size, now)
      at += head + size
    }
  }

  #frame(opcode: number, bytes: Buffer, from: number, to: number, now: number): void {
    if (opcode === opcodes.text) return this.#hear(bytes, from, to, now)
    if (opcode === opcodes.ping) return this.write(pongFrame(bytes.subarray(from, to)))
    if (opcode === opcodes.close)
      return this.#end(new Error(`closed with ${size(from, to) < 2 ? 'no code' : bytes.readUInt16BE(from)}`))
    this.#end(new Error(`a frame with the opcode ${opcode}`))
  }

  #hear(bytes: Buffer, from: number, to: number, now: number): void {
    const { tally } = this.#options
    const before = tally.deliveries
    const transcript = this.#transcript
    const end = transcript?.match(this.#line, bytes, from, to) ?? -1
    if (transcript === undefined || end < 0) this.#hearLines(bytes, from, to, now)
    else this.#pass(transcript, end, now)
    if (tally.deliveries > before) tally.frames += 1
  }

  /** Everything received matches the transcript up to `end`. */
  #pass(transcript: Transcript, end: number, now: number): void {
    const { starts, numbers, messages } = transcript
    let line = this.#line
    for (; (starts[line] ?? end) < end; line += 1) {
      const number = numbers[line] ?? 0
      if (number === 0) continue
      this.next = number + 1
      this.#options.tally.heard(messages[line] ?? -1, now)
    }
    this.#line = line
  }

  #hearLines(bytes: Buffer, from: number, to: number, now: number): void {
    for (let start = from; start < to;) {
      const found = bytes.indexOf(newline, start)
      const end = found < 0 || found > to ? to : found
      if (!this.#isNext(bytes, start, end, now)) this.#hearLine(bytes, start, end, now)
      start = end + 1
    }
  }

  /** Checks the next numbered line: unnumbered events before it may be at another place on other processes. */
  #isNext(bytes: Buffer, from: number, to: number, now: number): boolean {
    const transcript = this.#transcript
    if (transcript === undefined) return false
    let line = this.#line
    while (transcript.numbers[line] === 0) line += 1
    if (!transcript.isSame(line, bytes, from, to)) return false
    this.#line = line
    this.#pass(transcript, transcript.starts[line + 1] ?? 0, now)
    return true
  }

  #hearLine(bytes: Buffer, from: number, to: number, now: number): void {
    const { dialect } = this.#options
    const { head, tail } = margins[dialect]
    if (dialect === 'socket.io' && bytes[from + 1] !== digitTwo)
      return this.#engine(bytes[from], bytes[from + 1])
    const event = JSON.parse(bytes.toString('utf8', from + head, to - tail)) as ServerEvent
    switch (event.type) {
      case 'welcome': {
        const [room] = event.rooms
        this.room = room?.id ?? ''
        this.next = (room?.head ?? 0) + 1
        this.write(textFrame(spoken(dialect, JSON.stringify({ type: 'resume', rooms: {} }))))
        return this.#welcomed()
      }
      case 'ack':
        return this.#options.tally.acked(messageOfCid(event.cid), event.room, event.seq, now)
      case 'error':
        return this.#refused(event)
      case 'message':
        return this.#number(bytes, from, to, event.seq, messageOfText(event.text), now)
      case 'notice':
      case 'unknown':
        return this.#number(bytes, from, to, event.seq, -1, now)
      default:
        return this.#passing(bytes, from, to)
    }
  }

  /** Engine.IO's own packets: 0 opens, and asks for the namespace; 2 is a ping. */
  #engine(type: number | undefined, next: number | undefined): void {
    if (type === digitZero && next !== undefined) this.write(textFrame('40'))
    else if (type === digitTwo) this.write(textFrame('3'))
  }

  #refused({ code, cid, retryAfterMs }: ErrorEvent): void {
    const { tally, onAgain } = this.#options
    if (cid === undefined || !errors[code].retry) return tally.refused(code)
    tally.again += 1
    onAgain(messageOfCid(cid), this, retryAfterMs)
  }

  #number(bytes: Buffer, from: number, to: number, number: number, message: number, now: number): void {
    const { tally, onFirst } = this.#options
    this.#judge(number)
    const transcript = this.#transcript
    if (transcript === undefined) return
    tally.heard(message, now)
    let line = transcript.lineOf(number)
    if (line === undefined) {
      line = transcript.add(bytes, from, to, number, message)
      if (message >= 0) onFirst(message)
    } else if (!transcript.isSame(line, bytes, from, to)) tally.different += 1
    if (line !== undefined) this.#line = line + 1
  }

  #judge(number: number): void {
    const { tally } = this.#options
    if (number === this.next) this.next += 1
    else if (number > this.next) {
      for (let hole = this.next; hole < number; hole += 1) this.#missing.add(hole)
      this.next = number + 1
    } else if (this.#missing.delete(number)) tally.outOfOrder += 1
    else tally.doubled += 1
  }

  /** Unnumbered events are in the transcript because everyone receives them in the same place. */
  #passing(bytes: Buffer, from: number, to: number): void {
    const transcript = this.#transcript
    if (transcript === undefined) return
    if (this.#line === transcript.count) transcript.add(bytes, from, to, 0, -1)
    else if (!transcript.isSame(this.#line, bytes, from, to)) return
    this.#line += 1
  }
}

const empty = Buffer.alloc(0)
const size = (from: number, to: number): number => to - from
