// One browser: its outgoing queue. It takes events from rooms without waiting, holds a room back while missed events
// are read, and is closed with a "come back" code if its reader is too slow. Nothing is dropped silently.
import type { WebSocket } from 'ws'
import type { ServerEvent } from '../protocol/events.ts'
import { closes, type ErrorCode } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { personOf, type Actor, type Person } from '../protocol/people.ts'
import type { Frame } from '../room/frame.ts'
import type { Listener } from '../room/room.ts'

/** After a close, a reader that does not answer is cut off. */
const closeWithinMs = 5_000

export interface ConnectionFacts {
  user: Actor
  session: string
  /** Where it comes from. */
  address: string
  /** The id of the request that has opened it, as in the log; undefined: of none. */
  request?: string | undefined
}

/** Counted over all connections. */
export interface ConnectionCounts {
  /** A frame of this many bytes was written. */
  frame: (bytes: number) => void
  tooSlow: () => void
  refused: (code: ErrorCode, by: Pick<ConnectionFacts, 'user' | 'address' | 'request'>) => void
}

export class Connection implements Listener {
  readonly session: string
  readonly address: string
  readonly request: string | undefined
  /** Its rooms, each with the number from which it receives events without a resume. */
  readonly rooms = new Map<string, number>()
  /** The generation in which this person reads a room, if it is not the first: for a read that names none. */
  readonly generations = new Map<string, number>()
  badFrames = 0
  isAlive = true
  /** Nobody looks at it, as its browser says. */
  isIdle = false
  /** Its cursors are being looked up; its rooms wait for them. */
  isResuming = false
  #user: Actor
  #person: Person
  readonly #socket: WebSocket
  readonly #counts: ConnectionCounts
  readonly #held = new Map<string, Frame[]>()
  #heldBytes = 0
  /** The number up to which a room was sent outside its frames; removed once its frames are past that. */
  readonly #passed = new Map<string, number>()
  #replies: string[] = []
  #isClosing = false
  #isMoving = false
  #underWay = 0

  constructor(
    socket: WebSocket,
    { user, session, address, request }: ConnectionFacts,
    counts: ConnectionCounts,
  ) {
    this.#socket = socket
    this.#user = user
    this.#person = personOf(user)
    this.session = session
    this.address = address
    this.request = request
    this.#counts = counts
  }

  get user(): Actor {
    return this.#user
  }

  get person(): Person {
    return this.#person
  }

  /** What is said on it from now on is said under this name. */
  rename(name: string): void {
    this.#user = { ...this.#user, name }
    this.#person = personOf(this.#user)
  }

  /** Called by a room's loop with this turn's frame. */
  hear(frame: Frame): void {
    const held = this.#held.get(frame.room)
    if (held !== undefined) return this.#keep(held, frame)
    const left = this.#passed.size === 0 ? frame : this.#skip(frame)
    if (left !== undefined) this.#write(left.bytes)
  }

  /** Sends to this browser alone; events of one turn go in one frame. */
  tell(event: ServerEvent): void {
    this.tellLines([JSON.stringify(event)])
  }

  /** Counted and logged; what is sent is up to the caller. */
  refused(code: ErrorCode): void {
    this.#counts.refused(code, this)
  }

  /** Sends serialised events, in one frame. */
  tellLines(lines: readonly string[]): void {
    if (lines.length === 0) return
    if (this.#replies.length === 0) queueMicrotask(() => this.#flush())
    this.#replies.push(...lines)
  }

  /** Events of the room wait here until release. Holding twice is the same as once. */
  hold(room: string): void {
    if (!this.#held.has(room)) this.#held.set(room, [])
  }

  /** True while any room is held. */
  get isHolding(): boolean {
    return this.#held.size > 0
  }

  isHeld(room: string): boolean {
    return this.#held.has(room)
  }

  /**
   * Everything up to `passed` was already sent: what was held follows without those numbers, and so do frames still
   * on their way.
   */
  release(room: string, passed: number): void {
    const held = this.#letGo(room)
    this.#passed.set(room, passed)
    // What was missed was sent first, so it must be written first.
    this.#flush()
    for (const frame of held) this.hear(frame)
  }

  /** Removes a room that was left. */
  drop(room: string): void {
    this.rooms.delete(room)
    this.generations.delete(room)
    this.#letGo(room)
    this.#passed.delete(room)
  }

  /** Requests that wait for the log. */
  get underWay(): number {
    return this.#underWay
  }

  /**
   * A request begins to wait for the log. If there are too many at once, this browser is not read until some are
   * done.
   */
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

  /**
   * This server is stopping: reads nothing more, answers the requests in progress, and tells the browser to come
   * back.
   */
  moveAway(): void {
    this.#isMoving = true
    if (this.#underWay === 0) this.close(closes.moving)
    else this.#socket.pause()
  }

  close({ code, reason }: { code: number; reason: string }): void {
    if (this.#isClosing) return
    // The answers of this turn go first.
    this.#flush()
    this.#isClosing = true
    this.#held.clear()
    // Trap: the browser's goodbye is not read from a paused socket.
    if (this.#socket.isPaused) this.#socket.resume()
    this.#socket.close(code, reason)
    setTimeout(() => this.#socket.terminate(), closeWithinMs).unref()
  }

  /** Checks that the browser is there; a browser that did not answer the last check is cut off. */
  ping(): void {
    if (!this.isAlive) return this.#socket.terminate()
    this.isAlive = false
    this.#socket.ping()
  }

  /** Not waited for: it comes back with its cursor and receives what it missed. */
  #giveUp(): void {
    this.#counts.tooSlow()
    this.close(closes.tooSlow)
  }

  #keep(held: Frame[], frame: Frame): void {
    held.push(frame)
    this.#heldBytes += frame.bytes.byteLength
    if (this.#heldBytes > limits.socketQueueBytes) this.#giveUp()
  }

  /** Takes what was held of a room; it no longer counts as queued. */
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
