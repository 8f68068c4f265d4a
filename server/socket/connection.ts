// One browser: its outbox. It takes what rooms tell without waiting, holds a room back while what was missed is read,
// and is closed with a "come back" code when its reader is too slow. Nothing is silently dropped.
import type { WebSocket } from 'ws'
import type { ServerEvent } from '../protocol/events.ts'
import { closes } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { personOf, type Person, type User } from '../protocol/people.ts'
import type { Frame } from '../room/frame.ts'
import type { Listener } from '../room/room.ts'

/** After a close is asked for, a reader that does not answer is cut off. */
const closeWithinMs = 5_000

export interface ConnectionFacts {
  user: User
  session: string
}

/** What is counted over all connections. */
export interface ConnectionCounts {
  /** A frame of so many bytes was written. */
  frame: (bytes: number) => void
  tooSlow: () => void
}

export class Connection implements Listener {
  readonly user: User
  readonly person: Person
  readonly session: string
  /** The rooms it is in, each with the number from which it is told without a resume. */
  readonly rooms = new Map<string, number>()
  /** In which turn its person reads a room, where that is not the first: for a read that names none. */
  readonly turns = new Map<string, number>()
  badFrames = 0
  isAlive = true
  /** Its cursors are being looked up: its rooms wait for them. */
  isResuming = false
  readonly #socket: WebSocket
  readonly #counts: ConnectionCounts
  readonly #held = new Map<string, Frame[]>()
  #heldBytes = 0
  /** Up to which number a room was told outside its frames; forgotten once its frames are past that. */
  readonly #passed = new Map<string, number>()
  #replies: string[] = []
  #isClosing = false
  #isMoving = false
  #underWay = 0

  constructor(socket: WebSocket, { user, session }: ConnectionFacts, counts: ConnectionCounts) {
    this.#socket = socket
    this.user = user
    this.person = personOf(user)
    this.session = session
    this.#counts = counts
  }

  /** From a room's loop: this turn's frame. */
  hear(frame: Frame): void {
    const held = this.#held.get(frame.room)
    if (held !== undefined) return this.#keep(held, frame)
    const left = this.#passed.size === 0 ? frame : this.#skip(frame)
    if (left !== undefined) this.#write(left.bytes)
  }

  /** A word for this browser alone; what is told in one turn goes in one frame. */
  tell(event: ServerEvent): void {
    this.tellLines([JSON.stringify(event)])
  }

  /** Events that are serialised already, in one frame. */
  tellLines(lines: readonly string[]): void {
    if (lines.length === 0) return
    if (this.#replies.length === 0) queueMicrotask(() => this.#flush())
    this.#replies.push(...lines)
  }

  /** What the room tells waits here until release. Holding twice is the same as once. */
  hold(room: string): void {
    if (!this.#held.has(room)) this.#held.set(room, [])
  }

  /** True while any room waits for its release. */
  get isHolding(): boolean {
    return this.#held.size > 0
  }

  isHeld(room: string): boolean {
    return this.#held.has(room)
  }

  /** Told up to `passed` already: what was held follows without those numbers, and so do frames still on their way. */
  release(room: string, passed: number): void {
    const held = this.#letGo(room)
    this.#passed.set(room, passed)
    // What was missed was told first, so it must be written first.
    this.#flush()
    for (const frame of held) this.hear(frame)
  }

  /** Forgets a room that was left. */
  drop(room: string): void {
    this.rooms.delete(room)
    this.turns.delete(room)
    this.#letGo(room)
    this.#passed.delete(room)
  }

  /** Commands that wait for the log. */
  get underWay(): number {
    return this.#underWay
  }

  /** A command begins to wait for the log. Too many at once: this browser is not read until some are done. */
  begin(): void {
    this.#underWay += 1
    if (this.#underWay >= limits.commandsUnderWay) this.#socket.pause()
  }

  done(): void {
    this.#underWay -= 1
    if (this.#isMoving && this.#underWay === 0) return this.close(closes.moving)
    if (this.#underWay < limits.commandsUnderWay && !this.#isMoving && this.#socket.isPaused)
      this.#socket.resume()
  }

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** This server is stopping: reads nothing more, answers what is under way, and tells the browser to come back. */
  moveAway(): void {
    this.#isMoving = true
    if (this.#underWay === 0) this.close(closes.moving)
    else this.#socket.pause()
  }

  close({ code, reason }: { code: number; reason: string }): void {
    if (this.#isClosing) return
    // What was answered in this turn goes first.
    this.#flush()
    this.#isClosing = true
    this.#held.clear()
    // Trap: the browser's goodbye is not read from a paused socket.
    if (this.#socket.isPaused) this.#socket.resume()
    this.#socket.close(code, reason)
    setTimeout(() => this.#socket.terminate(), closeWithinMs).unref()
  }

  /** Asks whether the browser is there; a browser that did not answer the last time is cut off. */
  ping(): void {
    if (!this.isAlive) return this.#socket.terminate()
    this.isAlive = false
    this.#socket.ping()
  }

  /** Not waited for: it comes back with its cursor, and is told what it missed. */
  #giveUp(): void {
    this.#counts.tooSlow()
    this.close(closes.tooSlow)
  }

  #keep(held: Frame[], frame: Frame): void {
    held.push(frame)
    this.#heldBytes += frame.bytes.byteLength
    if (this.#heldBytes > limits.socketQueueBytes) this.#giveUp()
  }

  /** What was held of a room, which weighs nothing any more. */
  #letGo(room: string): Frame[] {
    const held = this.#held.get(room) ?? []
    this.#held.delete(room)
    for (const { bytes } of held) this.#heldBytes -= bytes.byteLength
    return held
  }

  #skip(frame: Frame): Frame | undefined {
    const passed = this.#passed.get(frame.room)
    if (passed === undefined) return frame
    const { last } = frame
    if (last > passed) this.#passed.delete(frame.room)
    return frame.after(passed)
  }

  #flush(): void {
    if (this.#replies.length === 0) return
    const text = this.#replies.join('\n')
    this.#replies = []
    this.#write(Buffer.from(text))
  }

  #write(bytes: Buffer): void {
    if (this.#isClosing || this.#socket.readyState !== this.#socket.OPEN) return
    // Trap: ws queues without bound for a reader that has stopped.
    if (this.#socket.bufferedAmount > limits.socketQueueBytes) return this.#giveUp()
    this.#socket.send(bytes, { binary: false })
    this.#counts.frame(bytes.byteLength)
  }
}
