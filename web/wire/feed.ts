// Every event from the server passes through here: the feed follows each joined room, and passes on what is new. Phases
// of a connection: 1 welcome (rooms and their heads), 2 resume (what is loaded here), 3 missed entries, 4 live.
import type { Resume } from '../../server/protocol/requests.ts'
import type { EntryEvent, ServerEvent, Welcome } from '../../server/protocol/events.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { limits } from '../../server/protocol/limits.ts'
import { kindOf } from '../../server/protocol/entries/index.ts'
import { FollowedRoom, type LogCopy } from './followed-room.ts'
import { keepCursors, readFloors } from './kept-cursors.ts'
import type { FeedEvent } from './feed-events.ts'

/** A cursor that is stored a second late is only a slightly lower floor. */
const keepEveryMs = 1_000

export class Feed {
  readonly #rooms = new Map<string, FollowedRoom>()
  readonly #listeners = new Set<(event: FeedEvent) => void>()
  readonly #answer: (resume: Resume) => void
  #user: string | undefined
  #epoch: string | undefined
  #keeping: ReturnType<typeof setTimeout> | undefined
  #copy: LogCopy | undefined

  /** `answer` sends resume to the server. */
  constructor(answer: (resume: Resume) => void) {
    this.#answer = answer
  }

  /** Calls `listener` for everything from here on, until the returned function is called. */
  listen(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(event: FeedEvent): void {
    if (event.type === 'upTo') this.#keepSoon()
    for (const listener of this.#listeners) listener(event)
  }

  /** Another person, or nobody, is signed in: nothing known is valid any more. */
  forget(): void {
    clearTimeout(this.#keeping)
    this.#keeping = undefined
    for (const room of this.#rooms.keys()) this.#drop(room)
    this.#epoch = undefined
    this.#user = undefined
  }

  /** The copy of the log on this device, and the epoch that it is of; undefined: there is none. */
  copyTo(copy: LogCopy | undefined, epoch?: string): void {
    this.#copy = copy
    this.#epoch ??= epoch
  }

  /** The highest number of the room that is known to exist; 0: none is. */
  known(room: string): number {
    return this.#rooms.get(room)?.cursor?.known ?? 0
  }

  /** What is in memory of the room comes from this device and is not mended yet. */
  isFromCopy(room: string): boolean {
    return this.#rooms.get(room)?.isFromCopy === true
  }

  upTo(room: string): number {
    return this.#rooms.get(room)?.upTo ?? 0
  }

  /** Call this before requesting a page that may be the newest; `keep` follows if it was. */
  open(room: string): void {
    this.#follow(room).open()
  }

  /**
   * The room's newest page is in memory, and with it everything up to `upTo`. `isFromCopy`: it comes from this device, and there may
   * be more by now.
   */
  keep(room: string, upTo: number, isFromCopy = false): void {
    const floors =
      this.#user === undefined || this.#epoch === undefined ? {} : readFloors(this.#user, this.#epoch)
    this.#rooms.get(room)?.keep(upTo, floors[room] ?? 0, isFromCopy)
  }

  /** The room's messages are no longer in memory. */
  release(room: string): void {
    const followed = this.#rooms.get(room)
    if (followed !== undefined) followed.depth = 'counted'
  }

  /** Number `seq` of the room exists. */
  know(room: string, seq: number): void {
    this.#rooms.get(room)?.know(seq)
  }

  /** A resume for the newest known entry: it brings nothing new, but the server must answer. */
  question(): Resume | undefined {
    for (const [room, { isSubscribed, upTo }] of this.#rooms) {
      if (isSubscribed && upTo > 0) return { type: 'resume', rooms: { [room]: upTo - 1 } }
    }
    return undefined
  }

  /** The events of one frame. Consecutive entries of a room are passed on together. */
  hear(events: ServerEvent[]): void {
    let run: EntryEvent[] = []
    for (const event of events) {
      if (isEntry(event) && (run[0] === undefined || run[0].room === event.room)) run.push(event)
      else {
        this.#entries(run)
        run = isEntry(event) ? [event] : []
        if (!isEntry(event)) this.#hearOther(event)
      }
    }
    this.#entries(run)
  }

  #entries(run: EntryEvent[]): void {
    // After a join, the entries of a room may arrive before its `room` event.
    if (run[0] !== undefined) this.#follow(run[0].room).hear(run)
  }

  #hearOther(event: Exclude<ServerEvent, EntryEvent>): void {
    switch (event.type) {
      case 'welcome':
        return this.#welcome(event)
      case 'gap':
        return this.#rooms.get(event.room)?.gap(event.to)
      case 'room':
        this.#heardOf(event.room)
        return this.tell(event)
      case 'gone':
        this.#drop(event.room)
        return this.tell(event)
      case 'archived':
        // What is archived exists: a number that was lost on its way shows within a sync, even if nothing else happens.
        this.know(event.room, event.seq)
        return this.tell(event)
      // The outbox handles these two itself.
      case 'ack':
      case 'error':
        return undefined
      // Whatever is neither an entry nor about where a room stands: also an event of a newer server, which nobody here listens for.
      default:
        return this.tell(event)
    }
  }

  #heardOf({ id, head, joined }: RoomSummary): void {
    if (!joined) return
    const followed = this.#rooms.get(id)
    if (followed?.cursor === undefined) this.#follow(id).count(head)
    else followed.know(head)
  }

  #welcome(welcome: Welcome): void {
    const isNewEpoch = this.#epoch !== undefined && this.#epoch !== welcome.epoch
    this.#user = welcome.user.id
    this.#epoch = welcome.epoch
    const joined = welcome.rooms.filter((room) => room.joined)
    const ids = new Set(joined.map(({ id }) => id))
    for (const room of this.#rooms.keys()) if (!ids.has(room)) this.#drop(room)
    this.tell(welcome)
    for (const { id, head } of joined) {
      const followed = this.#follow(id)
      if (followed.depth !== 'kept') followed.count(head)
      else if (isNewEpoch) followed.restart(head)
      else followed.returned(head)
    }
    this.#resume()
  }

  #resume(): void {
    const rooms = Object.fromEntries([...this.#cursors()].slice(-limits.resumeRooms))
    this.#answer({ type: 'resume', rooms })
  }

  /** Of the rooms whose messages are in memory: only for those is "I have everything up to" true. */
  #cursors(): Map<string, number> {
    const kept = [...this.#rooms].filter(([, { depth }]) => depth === 'kept')
    return new Map(kept.map(([room, { upTo }]) => [room, upTo]))
  }

  #follow(room: string): FollowedRoom {
    const followed =
      this.#rooms.get(room) ??
      new FollowedRoom(
        room,
        (event) => this.tell(event),
        () => this.#copy,
      )
    this.#rooms.set(room, followed)
    return followed
  }

  #drop(room: string): void {
    this.#rooms.get(room)?.close()
    this.#rooms.delete(room)
  }

  #keepSoon(): void {
    this.#keeping ??= setTimeout(() => {
      this.#keeping = undefined
      if (this.#user === undefined || this.#epoch === undefined) return
      keepCursors(this.#user, this.#epoch, this.#cursors())
    }, keepEveryMs)
  }
}

const isEntry = (event: ServerEvent): event is EntryEvent =>
  event.type === 'unknown' || kindOf(event.type) !== undefined
