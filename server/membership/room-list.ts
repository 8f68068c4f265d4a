// What a person sees of the rooms: theirs, the public ones, their members, and how far they have read. While MySQL is
// down everything but members() is answered from the cache. Changes nothing but read markers.
import type { FlightWatch } from '../channel/single-flight.ts'
import type { Db } from '../db.ts'
import type { DirectoryAnswer } from '../protocol/directory.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { MembersAnswer } from '../protocol/http.ts'
import type { RoomSummary } from '../protocol/people.ts'
import { later } from '../protocol/position.ts'
import { kindOf } from '../protocol/room-kinds.ts'
import { directName } from '../protocol/direct-names.ts'
import { personNow, type NameOf } from '../protocol/present-names.ts'
import type { Cache } from '../redis/cache.ts'
import type { Presence } from '../socket/presence.ts'
import { directoryFor, type Asked } from './directory.ts'
import { DirectRooms } from './direct-people.ts'
import { ReadMarkers } from './read-markers.ts'
import { RoomPeople } from './room-people.ts'
import type { MemberPage } from './members-list.ts'
import { Roster, type JoinedRoom, type SeenRoom } from './roster.ts'
import { isOpen, partShown } from './shown-rooms.ts'
import { summarize, type Positions } from './summaries.ts'

export interface RoomListDeps extends Positions {
  db: Db
  cache: Cache
  presence: Pick<Presence, 'isHere'>
  /** Whether somebody is banned from a room: for them, a public one does not exist. */
  isOutOf?: (userId: string, room: string) => boolean
  /** What people are called now. */
  nameOf?: NameOf
  /** Called for shared reads. */
  watch?: FlightWatch
  /** Called for failures that will be retried. */
  onError?: (error: unknown, where: string) => void
}

export class RoomList {
  readonly roster: Roster
  readonly markers: ReadMarkers
  /** The people of a room, without asking MySQL each time: for mentions. */
  readonly people: RoomPeople
  readonly directs: DirectRooms
  readonly #deps: RoomListDeps

  constructor(deps: RoomListDeps) {
    this.directs = new DirectRooms(deps.db, deps.nameOf)
    this.roster = new Roster(deps.db, deps.cache, this.directs, deps.watch)
    this.people = new RoomPeople({ read: (room) => this.roster.roll(room) })
    this.markers = new ReadMarkers({
      db: deps.db,
      log: deps.log,
      onError: (error) => deps.onError?.(error, 'writing read markers'),
    })
    this.#deps = deps
  }

  /** The rooms this person is in, with the newest read markers. */
  async roomsOf(userId: string): Promise<JoinedRoom[]> {
    const rooms = await this.roster.roomsOf(userId)
    return rooms.map((room) => {
      const read = later(room.settings.read, this.markers.positionOf(userId, room.id))
      return { ...this.#now(room), settings: { ...room.settings, read } }
    })
  }

  /** People have come into this room without a notice: it was imported. */
  enteredUnsaid(room: string): void {
    this.directs.forget(room)
    this.people.doubt([room])
  }

  /** What was cached may have names from before. */
  #now(room: JoinedRoom): JoinedRoom {
    const { nameOf } = this.#deps
    if (room.people === undefined || nameOf === undefined) return room
    const people = room.people.map((one) => personNow(one, nameOf))
    return { ...room, name: directName(people), people }
  }

  /** The ids of the rooms that each of these people is in and has in their list, as MySQL has them at this moment. */
  roomIdsOf(people: readonly string[]): Promise<Map<string, Set<string>>> {
    const { log } = this.#deps
    return this.roster.roomIdsOf(people, (room, closed) =>
      isOpen(closed, closed === null ? 0 : (log.heads([room]).get(room)?.seq ?? 0)),
    )
  }

  /** The ids of this person's rooms into which others can be brought: a direct one is made by who is in it. */
  async invitableRooms(userId: string): Promise<Set<string>> {
    const rooms = await this.roster.roomsOf(userId)
    return new Set(rooms.flatMap(({ id, kind }) => (kindOf(kind).madeBy === 'name' ? [id] : [])))
  }

  /** Whether two people are in a room together that is neither a direct one nor the default room. */
  async shareRoom(one: string, other: string): Promise<boolean> {
    const isShared = ({ kind, isDefault }: JoinedRoom): boolean =>
      !isDefault && kindOf(kind).madeBy === 'name'
    const [own, theirs] = await Promise.all([this.roster.roomsOf(one), this.roster.roomsOf(other)])
    const ids = new Set(own.filter(isShared).map(({ id }) => id))
    return theirs.some(({ id }) => ids.has(id))
  }

  async isMember(userId: string, room: string): Promise<boolean> {
    return (await this.roster.roomsOf(userId)).some(({ id }) => id === room)
  }

  /** A room that this person may read, one of theirs or public; undefined for any other. */
  async find(userId: string, room: string): Promise<SeenRoom | undefined> {
    const joined = (await this.roomsOf(userId)).find(({ id }) => id === room)
    return joined ?? (this.#isOutOf(userId, room) ? undefined : this.roster.findPublic(room))
  }

  /** The rooms of this person's list that they are in, in the form of `welcome`. */
  async summaries(userId: string): Promise<RoomSummary[]> {
    return (await this.welcome(userId)).rooms
  }

  /** ... and those that are not in it, each with the number after which it comes back. */
  async welcome(userId: string): Promise<{ rooms: RoomSummary[]; hidden: Map<string, number> }> {
    const { shown, hidden } = await this.#parted(userId)
    return { rooms: await summarize(userId, shown, this.#deps), hidden }
  }

  async #parted(userId: string) {
    const joined = await this.roomsOf(userId)
    return partShown(joined, this.#deps.log.heads(joined.map(({ id }) => id)))
  }

  async summary(userId: string, room: string): Promise<RoomSummary | undefined> {
    const seen = await this.find(userId, room)
    return seen === undefined ? undefined : (await summarize(userId, [seen], this.#deps))[0]
  }

  /** A public room as non-members see it; undefined if it is private. */
  async asNonMember(room: string): Promise<RoomSummary | undefined> {
    const seen = await this.roster.findPublic(room)
    return seen === undefined ? undefined : (await summarize('', [seen], this.#deps))[0]
  }

  /** The id of the newest public room. */
  newestOpen(): Promise<string | undefined> {
    return this.roster.newestPublic()
  }

  /** The rooms this person may read: theirs, and the public ones. */
  async readable(userId: string): Promise<SeenRoom[]> {
    const joined = await this.roster.roomsOf(userId)
    const ids = new Set(joined.map(({ id }) => id))
    const open = (await this.roster.publicRooms()).filter(({ id }) => !this.#isOutOf(userId, id))
    return [...joined, ...open.filter(({ id }) => !ids.has(id))]
  }

  /** The rooms of this person's list that they are in, and the public ones they could join. */
  async list(userId: string): Promise<RoomSummary[]> {
    const { shown, hidden } = await this.#parted(userId)
    const ids = new Set([...shown.map(({ id }) => id), ...hidden.keys()])
    const open = (await this.#openTo(userId)).filter(({ id }) => !ids.has(id))
    return summarize(userId, [...shown, ...open], this.#deps)
  }

  /** The public rooms, page by page. */
  directory(userId: string, asked: Asked): Promise<DirectoryAnswer> {
    const isShown = (person: string, { id, archived }: SeenRoom): boolean =>
      archived !== true && !this.#isOutOf(person, id)
    return directoryFor(userId, asked, { ...this.#deps, roster: this.roster, isShown })
  }

  /** The members of a room that this person may read, and who of them is online. */
  async members(userId: string, room: string, page: MemberPage): Promise<MembersAnswer | Refusal> {
    if ((await this.find(userId, room)) === undefined) return { code: 'not_found' }
    const { members, ...rest } = await this.roster.members(room, page)
    return { members: members.map((one) => ({ ...one, here: this.#deps.presence.isHere(one.id) })), ...rest }
  }

  /** The public rooms that this person may see and could join. */
  async #openTo(userId: string): Promise<SeenRoom[]> {
    const rooms = await this.roster.publicRooms()
    return rooms.filter(({ id, archived }) => archived !== true && !this.#isOutOf(userId, id))
  }

  #isOutOf(userId: string, room: string): boolean {
    return this.#deps.isOutOf?.(userId, room) === true
  }

  /** Writes the last read markers. */
  async close(): Promise<void> {
    await this.markers.close()
  }
}
