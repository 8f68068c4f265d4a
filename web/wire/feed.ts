// Everything the server tells this tab passes here: the feed follows each joined room, and tells on what is news.
// Phases of a connection: 1 welcome (rooms and their heads), 2 resume (what is kept here), 3 missed entries, 4 live.
import type { Resume } from '../../server/protocol/commands.ts'
import type { EntryEvent, ServerEvent, Welcome } from '../../server/protocol/events.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { limits } from '../../server/protocol/limits.ts'
import { isChange } from '../../server/protocol/timeline.ts'
import { FollowedRoom } from './followed-room.ts'
import { keepCursors, readFloors } from './kept-cursors.ts'
import type { Told } from './told.ts'

/** A cursor that is kept a second late is a floor that is a little lower. */
const keepEveryMs = 1_000

export class Feed {
  readonly #rooms = new Map<string, FollowedRoom>()
  readonly #listeners = new Set<(told: Told) => void>()
  readonly #answer: (resume: Resume) => void
  #user: string | undefined
  #epoch: string | undefined
  #keeping: ReturnType<typeof setTimeout> | undefined

  /** `answer` says resume to the server. */
  constructor(answer: (resume: Resume) => void) {
    this.#answer = answer
  }

  /** Tells `listener` everything from here on, until the returned function is called. */
  listen(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(told: Told): void {
    if (told.type === 'upTo') this.#keepSoon()
    for (const listener of this.#listeners) listener(told)
  }

  /** Somebody else, or nobody, sits here: nothing known holds any more. */
  forget(): void {
    clearTimeout(this.#keeping)
    this.#keeping = undefined
    for (const room of this.#rooms.keys()) this.#drop(room)
    this.#epoch = undefined
    this.#user = undefined
  }

  upTo(room: string): number {
    return this.#rooms.get(room)?.upTo ?? 0
  }

  /** Before a page that may be the newest is asked for; `keep` follows when it was. */
  open(room: string): void {
    this.#follow(room).open()
  }

  /** The room's newest page is in memory, and with it everything up to `upTo`. */
  keep(room: string, upTo: number): void {
    const floors =
      this.#user === undefined || this.#epoch === undefined ? {} : readFloors(this.#user, this.#epoch)
    this.#rooms.get(room)?.keep(upTo, floors[room] ?? 0)
  }

  /** The room's messages are not in memory any more. */
  release(room: string): void {
    const followed = this.#rooms.get(room)
    if (followed !== undefined) followed.depth = 'counted'
  }

  /** Number `seq` of the room exists. */
  know(room: string, seq: number): void {
    this.#rooms.get(room)?.know(seq)
  }

  /** Asks again for the newest entry there is: no news, and yet the server must answer. */
  question(): Resume | undefined {
    for (const [room, { isTold, upTo }] of this.#rooms) {
      if (isTold && upTo > 0) return { type: 'resume', rooms: { [room]: upTo - 1 } }
    }
    return undefined
  }

  /** The events of one frame. Entries of a room that follow each other are told at once. */
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
    // A room that one has just been let into may be heard of by its entries before the word about it.
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
        // What is archived exists: a number that was swallowed on its way shows within a sync, though all is silent.
        this.know(event.room, event.seq)
        return this.tell(event)
      case 'open':
      case 'typing':
      case 'presence':
      case 'read':
      case 'saved':
      case 'thread':
      case 'note':
        return this.tell(event)
      // The outbox hears these two itself; what a newer server says beyond is passed over.
      case 'ack':
      case 'error':
      default:
        return undefined
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

  /** Of the rooms whose messages are in memory: only there does "I have everything up to" hold. */
  #cursors(): Map<string, number> {
    const kept = [...this.#rooms].filter(([, { depth }]) => depth === 'kept')
    return new Map(kept.map(([room, { upTo }]) => [room, upTo]))
  }

  #follow(room: string): FollowedRoom {
    const followed = this.#rooms.get(room) ?? new FollowedRoom(room, (told) => this.tell(told))
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
  event.type === 'message' || event.type === 'notice' || event.type === 'unknown' || isChange(event)
