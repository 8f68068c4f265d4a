// Who is in a room, in this process's memory: read once, on the first need, and moved by the room's own log after that.
// Invariant: a room's notices are heard from before it is read, so none falls between the two.
// Limit: a notice that the log did not take moves nobody here; the room is read again now and then for that.
import type { Entry } from '../log/entry.ts'
import type { Notice } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import { PeopleInRoom, type RoomRoll } from './people-in-room.ts'

export interface RoomPeopleDeps {
  /** What MySQL has; undefined: there is no such room. Throws while MySQL is away. */
  read: (room: string) => Promise<RoomRoll | undefined>
  now?: () => number
  limits?: { refreshMs: number; retryMs: number; people: number }
}

interface KeptRoom {
  people: PeopleInRoom | undefined
  /** What was heard while it is being read. */
  heard: { user: Person; notice: Notice }[]
  reading: Promise<PeopleInRoom | undefined> | undefined
  /** Something may have happened that was not heard: it is read before it is relied on. */
  isDoubted: boolean
  /** Milliseconds since 1970 after which it is read again. */
  readAgainAt: number
}

export class RoomPeople {
  readonly #read: RoomPeopleDeps['read']
  readonly #now: () => number
  readonly #limits: NonNullable<RoomPeopleDeps['limits']>
  /** The one that was needed last is last. */
  readonly #rooms = new Map<string, KeptRoom>()

  constructor({ read, now = () => performance.now(), limits: max = limits.roomPeople }: RoomPeopleDeps) {
    this.#read = read
    this.#now = now
    this.#limits = max
  }

  /**
   * Who is in a room: at once where that is known, else when it has been read; undefined when there is no such room.
   * Rejects when nothing is known and it cannot be read. What is known stays good while MySQL is away.
   */
  of(room: string): PeopleInRoom | Promise<PeopleInRoom | undefined> {
    const kept = this.#keep(room)
    const isDue = this.#now() >= kept.readAgainAt
    if (kept.people !== undefined && !(kept.isDoubted && isDue)) {
      if (isDue) this.#readSoon(room, kept).catch(() => undefined)
      return kept.people
    }
    return this.#readSoon(room, kept)
  }

  /** What the log says, before anybody is told: whoever has heard that somebody came can name them. */
  hear(entries: readonly Entry[]): void {
    for (const { room, event } of entries)
      if (event.type === 'notice') this.happened({ room, user: event.user, notice: event.notice })
  }

  happened({ room, user, notice }: { room: string; user: Person; notice: Notice }): void {
    const kept = this.#rooms.get(room)
    if (kept === undefined) return
    if (kept.reading !== undefined) kept.heard.push({ user, notice })
    kept.people?.move(user, notice)
  }

  /** Notices of these rooms, or of all, may not have been heard. */
  doubt(rooms: Iterable<string> = this.#rooms.keys()): void {
    for (const room of rooms) {
      const kept = this.#rooms.get(room)
      if (kept === undefined) continue
      kept.isDoubted = true
      kept.readAgainAt = 0
    }
  }

  /** These people are called otherwise: the rooms they are in are read before they are relied on. */
  renamed(people: readonly Person[]): void {
    const isTheirs = ({ people: known }: KeptRoom): boolean =>
      known === undefined || people.some(({ id }) => known.roleOf(id) !== undefined)
    this.doubt([...this.#rooms].flatMap(([room, kept]) => (isTheirs(kept) ? [room] : [])))
  }

  #keep(room: string): KeptRoom {
    const kept = this.#rooms.get(room) ?? {
      people: undefined,
      heard: [],
      reading: undefined,
      isDoubted: false,
      readAgainAt: 0,
    }
    this.#rooms.delete(room)
    this.#rooms.set(room, kept)
    return kept
  }

  #readSoon(room: string, kept: KeptRoom): Promise<PeopleInRoom | undefined> {
    kept.reading ??= this.#readNow(room, kept).finally(() => {
      kept.reading = undefined
      kept.heard = []
      this.#forgetOldest()
    })
    return kept.reading
  }

  async #readNow(room: string, kept: KeptRoom): Promise<PeopleInRoom | undefined> {
    kept.isDoubted = false
    // Whatever becomes of this reading, a doubt that comes meanwhile asks for another.
    kept.readAgainAt = this.#now() + this.#limits.refreshMs
    try {
      const roll = await this.#read(room)
      if (roll === undefined) {
        this.#rooms.delete(room)
        return undefined
      }
      const people = new PeopleInRoom(roll)
      for (const { user, notice } of kept.heard) people.move(user, notice)
      kept.people = people
      return people
    } catch (error) {
      kept.isDoubted = true
      kept.readAgainAt = this.#now() + this.#limits.retryMs
      if (kept.people === undefined) throw error
      return kept.people
    }
  }

  #forgetOldest(): void {
    let people = 0
    for (const kept of this.#rooms.values()) people += 1 + (kept.people?.size ?? 0)
    for (const [room, kept] of this.#rooms) {
      if (people <= this.#limits.people) return
      if (kept.reading !== undefined) continue
      this.#rooms.delete(room)
      people -= 1 + (kept.people?.size ?? 0)
    }
  }
}
