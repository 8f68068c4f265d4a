// What a person sees of the rooms: theirs, the public ones, who is in them, and how far they have read.
// Answered from what is kept while MySQL is away, but for members(). Changes nothing but read markers.
import type { FlightWatch } from '../channel/single-flight.ts'
import type { Db } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Member, RoomSummary } from '../protocol/people.ts'
import { later } from '../protocol/position.ts'
import type { Cache } from '../redis.ts'
import { ReadMarkers } from './read-markers.ts'
import { Roster, type JoinedRoom, type SeenRoom } from './roster.ts'
import { summarize, type Positions } from './summaries.ts'

export interface RoomListParts extends Positions {
  db: Db
  cache: Cache
  /** Whether this person has a connection, at any process. */
  isHere: (userId: string) => boolean
  /** Hears of reads that were shared. */
  watch?: FlightWatch
  /** Hears of what is tried again. */
  onTrouble?: (error: unknown, where: string) => void
}

export class RoomList {
  protected readonly roster: Roster
  readonly markers: ReadMarkers
  readonly #parts: RoomListParts

  constructor(parts: RoomListParts) {
    this.roster = new Roster(parts.db, parts.cache, parts.watch)
    this.markers = new ReadMarkers({
      ...{ db: parts.db, heads: parts.heads },
      onTrouble: (error) => parts.onTrouble?.(error, 'writing read markers'),
    })
    this.#parts = parts
  }

  /** The rooms this person is in, with the newest read markers. */
  async roomsOf(userId: string): Promise<JoinedRoom[]> {
    const rooms = await this.roster.roomsOf(userId)
    return rooms.map((room) => {
      const kept = { turn: room.turn, seq: room.read }
      const { turn, seq } = later(kept, this.markers.positionOf(userId, room.id))
      return { ...room, turn, read: seq }
    })
  }

  async isMember(userId: string, room: string): Promise<boolean> {
    return (await this.roster.roomsOf(userId)).some(({ id }) => id === room)
  }

  /** A room that this person may look into, theirs or public; undefined is all they hear of any other. */
  async find(userId: string, room: string): Promise<SeenRoom | undefined> {
    const joined = (await this.roomsOf(userId)).find(({ id }) => id === room)
    return joined ?? this.roster.findPublic(room)
  }

  /** The rooms this person is in, as `welcome` tells them. */
  async summaries(userId: string): Promise<RoomSummary[]> {
    return summarize(userId, await this.roomsOf(userId), this.#parts)
  }

  async summary(userId: string, room: string): Promise<RoomSummary | undefined> {
    const seen = await this.find(userId, room)
    return seen === undefined ? undefined : (await summarize(userId, [seen], this.#parts))[0]
  }

  /** A public room as somebody sees it who is not in it; undefined when it is private. */
  async fromOutside(room: string): Promise<RoomSummary | undefined> {
    const seen = await this.roster.findPublic(room)
    return seen === undefined ? undefined : (await summarize('', [seen], this.#parts))[0]
  }

  /** The rooms this person may look into: theirs, and the public ones. */
  async readable(userId: string): Promise<SeenRoom[]> {
    const joined = await this.roster.roomsOf(userId)
    const ids = new Set(joined.map(({ id }) => id))
    return [...joined, ...(await this.roster.publicRooms()).filter(({ id }) => !ids.has(id))]
  }

  /** The rooms this person is in, and the public ones they could join. */
  async list(userId: string): Promise<RoomSummary[]> {
    const joined = await this.roomsOf(userId)
    const ids = new Set(joined.map(({ id }) => id))
    const open = (await this.roster.publicRooms()).filter(({ id }) => !ids.has(id))
    return summarize(userId, [...joined, ...open], this.#parts)
  }

  /** A room that this person is in, with who is in it. */
  async circle(userId: string, room: string) {
    const seen = await this.find(userId, room)
    const listed = seen && (await this.members(userId, room))
    return seen === undefined || listed === undefined || 'code' in listed
      ? undefined
      : { kind: seen.kind, ...listed }
  }

  /** Who is in a room that this person may look into, and who of them is here. */
  async members(userId: string, room: string): Promise<{ members: Member[]; total: number } | Refusal> {
    if ((await this.find(userId, room)) === undefined) return { code: 'not_found' }
    const { members, total } = await this.roster.members(room)
    return { members: members.map((one) => ({ ...one, here: this.#parts.isHere(one.id) })), total }
  }

  /** Writes the last read markers. */
  async close(): Promise<void> {
    await this.markers.close()
  }
}
