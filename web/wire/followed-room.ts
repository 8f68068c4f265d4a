// One room as this tab follows it: its cursor, its holes and their healing. The feed has one per joined room.
// Invariant: `keep` claims nothing that was not loaded or passed on since `open`; a gap between the two is a hole.
import type { EffectEvent, EntryEvent } from '../../server/protocol/events.ts'
import type { ChangesAnswer, Message } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { isEffect, isRestoring, toMessage } from '../../server/protocol/timeline.ts'
import { waitMs } from './back-off.ts'
import { accept, acceptUpTo, healAfterMs, healAt, know, returned, startAt, type Cursor } from './cursors.ts'
import { heal } from './healing.ts'
import type { FeedEvent } from './feed-events.ts'

/**
 * `counted`: only the head and the unread count are followed, and a reconnect starts at welcome's head. `opening`: a
 * page is being loaded. `kept`: its messages are in memory, so nothing after them may be missed, and a reconnect
 * resumes.
 */
type Depth = 'counted' | 'opening' | 'kept'

/** Whoever keeps a copy of the log on this device is told of everything as it comes. */
export interface LogCopy {
  /** Entries of a room, in any order, and possibly repeated. */
  hear: (room: string, entries: readonly EntryEvent[]) => void
  /** What was created or changed after number `after`. */
  healed: (room: string, after: number, answer: ChangesAnswer) => void
}

/** A server sends what was missed within this time; only then is what is still missing a hole. */
const catchUpMs = 2_000

export class FollowedRoom {
  depth: Depth = 'counted'
  /** Undefined before the first event of the room. */
  cursor: Cursor | undefined
  /** The server sends this room's entries over the present or last connection. */
  isSubscribed = false
  readonly #room: string
  readonly #tell: (event: FeedEvent) => void
  readonly #copy: () => LogCopy | undefined
  /** Its messages come from this device, and what has come since is not here yet. */
  isFromCopy = false
  /** The code that opened the room has received everything after this number. */
  #since = 0
  #failures = 0
  /** After a refusal, when it is asked again: set once, so that new entries do not push it back. */
  #notBefore = 0
  /**
   * Changes that arrived before what they follow. Invariant: a change is passed on only when everything before it is
   * here, because a message changed out of order could not say what is in it.
   */
  #waiting: EffectEvent[] = []
  #isHealing = false
  #isClosed = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    room: string,
    tell: (event: FeedEvent) => void,
    copy: () => LogCopy | undefined = () => undefined,
  ) {
    this.#room = room
    this.#tell = tell
    this.#copy = copy
  }

  get upTo(): number {
    return this.cursor?.upTo ?? 0
  }

  /** Nobody follows it any more. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  /** Counts from its head on. */
  count(head: number): void {
    this.isSubscribed = true
    this.#since = head
    this.#failures = this.#notBefore = 0
    this.#waiting = []
    this.#move(startAt(head))
  }

  /** Call this before requesting a page: from here on every entry is passed on to the caller. */
  open(): void {
    if (this.depth === 'counted') this.depth = 'opening'
    this.#since = this.cursor?.known ?? 0
  }

  /** The newest page is here, and with it everything up to `upTo`; everything up to `floor` must exist. */
  keep(upTo: number, floor: number, isFromCopy = false): void {
    const { cursor } = this
    const now = Date.now()
    const meets = cursor !== undefined && upTo >= this.#since
    const base = meets ? acceptUpTo(cursor, upTo, now) : startAt(upTo)
    this.depth = 'kept'
    this.isFromCopy = isFromCopy
    this.#move(know(base, Math.max(cursor?.known ?? 0, floor), now))
    // What is missing will not come by itself.
    if (isFromCopy && this.isSubscribed && this.cursor?.holeSince !== undefined) void this.#heal()
  }

  /** The connection is back, and the server sends what was missed up to `head`. */
  returned(head: number): void {
    this.isSubscribed = true
    this.#failures = this.#notBefore = 0
    // The newest page says more than all that was missed, and sooner.
    if (this.isFromCopy && head - this.upTo > limits.page.max) return this.restart(head)
    this.#move(returned(this.cursor ?? startAt(0), head, Date.now() + catchUpMs))
  }

  /** Its entries, in any order. */
  hear(entries: EntryEvent[]): void {
    this.isSubscribed = true
    this.#copy()?.hear(this.#room, entries)
    const now = Date.now()
    const start = this.cursor ?? startAt(Math.min(...entries.map(({ seq }) => seq)) - 1)
    const cursor = entries.reduce((moved, { seq }) => accept(moved, seq, now), start)
    this.#waiting.push(...entries.filter(isEffect))
    const messages = entries.map(toMessage).filter((message) => message !== undefined)
    this.#tellEntries(messages, [], cursor.known)
    this.#move(cursor)
  }

  /** Numbers up to `seq` exist; the server will not send them. */
  gap(seq: number): void {
    if (this.cursor === undefined) return
    this.#move(know(this.cursor, seq, Date.now()))
    if (this.cursor.holeSince !== undefined) void this.#heal()
  }

  /** Number `seq` exists: an ack said so. */
  know(seq: number): void {
    if (this.cursor !== undefined) this.#move(know(this.cursor, seq, Date.now()))
  }

  #tellEntries(messages: Message[], changes: EffectEvent[], head: number): void {
    this.#tell({ type: 'entries', room: this.#room, messages, changes, head })
  }

  /** Passes on the changes that nothing is missing before any more. */
  #tellChanges({ upTo, known }: Cursor): void {
    const changes = this.#waiting.filter(({ seq }) => seq <= upTo)
    if (changes.length === 0) return
    this.#waiting = this.#waiting.filter(({ seq }) => seq > upTo)
    const inOrder = changes.sort((a, b) => a.seq - b.seq)
    this.#tellEntries([], inOrder, known)
    if (changes.some(isRestoring)) this.#tell({ type: 'restart', room: this.#room })
  }

  #move(cursor: Cursor): void {
    const before = this.cursor?.upTo
    this.cursor = cursor
    if (this.isSubscribed && cursor.holeSince === undefined) this.isFromCopy = false
    this.#tellChanges(cursor)
    if (cursor.upTo !== before) this.#tell({ type: 'upTo', room: this.#room, upTo: cursor.upTo })
    this.#watch()
  }

  /** Makes sure that the oldest hole is healed in time. */
  #watch(): void {
    clearTimeout(this.#timer)
    const at = this.cursor === undefined ? undefined : healAt(this.cursor)
    if (at === undefined || this.#isHealing || this.#isClosed) return
    this.#timer = setTimeout(() => void this.#heal(), Math.max(at, this.#notBefore) - Date.now())
  }

  async #heal(): Promise<void> {
    if (this.#isHealing || this.cursor === undefined) return
    this.#isHealing = true
    clearTimeout(this.#timer)
    const healed = await heal({
      room: this.#room,
      after: this.cursor.upTo,
      take: (messages, upTo) => this.#healedUpTo(messages, upTo),
      answered: (after, answer) => this.#copy()?.healed(this.#room, after, answer),
      isWanted: () => !this.#isClosed,
    })
    this.#isHealing = false
    if (healed === 'unwanted') return
    if (healed === 'too much') return this.restart(this.cursor.known)
    // Still a hole: the server that answered is behind, or down. Retried with growing delays.
    this.#failures = this.cursor.holeSince === undefined ? 0 : this.#failures + 1
    const pause = this.#failures === 0 ? 0 : Math.max(healAfterMs, waitMs(this.#failures))
    this.#notBefore = Date.now() + pause
    this.#watch()
  }

  #healedUpTo(messages: Message[], upTo: number): void {
    const cursor = acceptUpTo(this.cursor ?? startAt(0), upTo, Date.now())
    this.#tellEntries(messages, [], cursor.known)
    this.#move(cursor)
  }

  /** What is stored is no longer usable: begin again at `head`. */
  restart(head: number): void {
    const wasKept = this.depth === 'kept'
    this.isFromCopy = false
    this.count(head)
    if (wasKept) this.depth = 'opening'
    this.#tell({ type: 'restart', room: this.#room })
  }
}
