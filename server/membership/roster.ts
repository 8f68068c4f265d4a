// Rooms and their members, from MySQL and from the cache. Only reads; changes nothing.
import { SingleFlight, type FlightWatch } from '../channel/single-flight.ts'
import type { Db } from '../db.ts'
import { StaleCache } from '../stale-cache.ts'
import { formerlyColumn, formerlyIn } from '../naming/room-names.ts'
import { formerlyInRoom } from '../naming/names-taken.ts'
import { limits } from '../protocol/limits.ts'
import { directName, othersOf } from '../protocol/direct-names.ts'
import type { Person, Role } from '../protocol/people.ts'
import { kindOf, openKinds, type RoomKind } from '../protocol/room-kinds.ts'
import {
  roomSettings,
  settingNames,
  settingsIn,
  type RoomSettings,
  type SettingColumns,
} from '../protocol/room-settings.ts'
import type { DirectRooms } from './direct-people.ts'
import { readMembers, type MemberList, type MemberPage } from './members-list.ts'
import type { RoomRoll } from './people-in-room.ts'
import type { Cache } from '../redis/cache.ts'
import {
  fromKept,
  keptSettings,
  noSettings,
  settingsColumns,
  settingsOf,
  type KeptSettings,
  type MemberSettings,
  type SettingsRow,
} from './settings.ts'

/** A room with its settings. One is missing if the cached entry was written by a version that did not know it. */
export interface RoomFacts extends Partial<RoomSettings> {
  id: string
  name: string
  kind: RoomKind
  topic: string
  isDefault: boolean
  /** Names that it had of late: they lead to it. Missing: none, or it was not asked for. */
  formerly?: string[]
}

/** A room as one person sees it; without a role they are not a member. */
export interface SeenRoom extends RoomFacts {
  role: Role | null
  settings: MemberSettings
  /** Of a direct room: as its summary has them. */
  people?: readonly Person[]
}

/** A room that somebody is in. */
export interface JoinedRoom extends SeenRoom {
  role: Role
  /** The room's head when they joined. */
  joinedSeq: number
}

/** A room as it is cached: flat, as earlier versions wrote it. */
type Kept<Room extends SeenRoom> = Omit<Room, 'settings'> & KeptSettings

/**
 * Chat goes on for a week while MySQL is down. While it is up, it is queried each time. Limit: a topic that others
 * changed, or a leave that Redis missed, is seen late by people who read while MySQL is down.
 */
const keep = { ttlMs: 7 * 24 * 60 * 60_000 }

/** The columns of a room, in `rooms r`. */
export const facts = ['id', 'is_default', ...settingNames.map((name) => roomSettings[name].column)]
  .map((column) => `r.${column}`)
  .join(', ')

/** ... with the names that lead to it, for whoever looks for it. */
const shownFacts = `${facts}, ${formerlyColumn}`

export class Roster {
  readonly #db: Db
  readonly #cache: Cache
  readonly #cached: StaleCache
  readonly #members: SingleFlight
  readonly #directs: DirectRooms

  constructor(db: Db, cache: Cache, directs: DirectRooms, watch?: FlightWatch) {
    this.#db = db
    this.#directs = directs
    this.#cache = cache
    this.#cached = new StaleCache(cache, { kind: 'rooms', watch })
    this.#members = new SingleFlight('members', watch)
  }

  /** The rooms this person is in. */
  async roomsOf(userId: string): Promise<JoinedRoom[]> {
    const rooms = await this.#cached.read(ofPerson(userId), keep, async () => {
      const rows = await this.#db.rows<JoinedRow>(
        `SELECT ${shownFacts}, m.role, ${settingsColumns}, m.joined_seq FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE m.user_id = ?`,
        [BigInt(userId)],
      )
      return (await this.#named(userId, rows.map(joinedRoom))).map(kept)
    })
    const seen = (rooms ?? []).map(asSeen)
    this.#directs.areNone(seen.filter(({ kind }) => kindOf(kind).madeBy === 'name').map(({ id }) => id))
    return seen
  }

  /** A direct room is called by the others who are in it. */
  async #named(userId: string, rooms: JoinedRoom[]): Promise<JoinedRoom[]> {
    const directs = rooms.filter(({ kind }) => kindOf(kind).madeBy === 'people')
    if (directs.length === 0) return rooms
    const people = await this.#directs.ofAll(directs.map(({ id }) => id))
    return rooms.map((room) => {
      const all = people.get(room.id)
      if (all === undefined) return room
      const others = othersOf(all, userId)
      return { ...room, name: directName(others), people: others }
    })
  }

  /** The rooms that each of these people is in, as MySQL has them at this moment; `isShown`: in their list. */
  async roomIdsOf(
    people: readonly string[],
    isShown: (room: string, closed: number | null) => boolean,
  ): Promise<Map<string, Set<string>>> {
    const rooms = new Map(people.map((person) => [person, new Set<string>()]))
    if (people.length === 0) return rooms
    const rows = await this.#db.rows<{ user_id: number; room_id: number; closed_seq: number | null }>(
      'SELECT user_id, room_id, closed_seq FROM memberships WHERE user_id IN (?)',
      [people.map(BigInt)],
    )
    for (const { user_id, room_id, closed_seq } of rows)
      if (isShown(String(room_id), closed_seq === null ? null : Number(closed_seq)))
        rooms.get(String(user_id))?.add(String(room_id))
    return rooms
  }

  /** All public rooms as non-members see them, by name; at most limits.roomsPerPerson. */
  async publicRooms(): Promise<SeenRoom[]> {
    const rooms = await this.#cached.read('rooms:public', keep, async () => {
      const rows = await this.#db.rows<RoomRow>(
        `SELECT ${shownFacts} FROM rooms r WHERE r.public_key IS NOT NULL ORDER BY r.public_key LIMIT ?`,
        [limits.roomsPerPerson],
      )
      return rows.map(asNonMember).map(kept)
    })
    return (rooms ?? []).map(asSeen)
  }

  /** From MySQL itself: the public rooms by name but for the default one, at most `max` after a name's key. */
  async publicAfter(key: string, max: number): Promise<SeenRoom[]> {
    const rows = await this.#db.rows<RoomRow>(
      `SELECT ${shownFacts} FROM rooms r WHERE r.public_key > ? AND r.is_default IS NULL ORDER BY r.public_key LIMIT ?`,
      [key, max],
    )
    return rows.map(asNonMember)
  }

  /** From MySQL itself: the default room. */
  async defaultRoom(): Promise<SeenRoom | undefined> {
    const [row] = await this.#db.rows<RoomRow>(
      `SELECT ${shownFacts} FROM rooms r WHERE r.is_default = 1 AND r.public_key IS NOT NULL`,
    )
    return row && asNonMember(row)
  }

  /** The key of a public room's name, by which they are sorted; undefined if there is no such room. */
  async publicKeyOf(room: string): Promise<string | undefined> {
    const [row] = await this.#db.rows<{ public_key: string }>(
      'SELECT IF(is_default = 1, ?, public_key) AS public_key FROM rooms WHERE id = ? AND public_key IS NOT NULL',
      ['', BigInt(room)],
    )
    return row?.public_key
  }

  /** From MySQL itself. */
  async newestPublic(): Promise<string | undefined> {
    const [row] = await this.#db.rows<{ newest: number | null }>(
      'SELECT MAX(id) AS newest FROM rooms WHERE public_key IS NOT NULL',
    )
    return row?.newest === null || row === undefined ? undefined : String(row.newest)
  }

  /** A public room as non-members see it; undefined if there is none. */
  async findPublic(room: string): Promise<SeenRoom | undefined> {
    const found = await this.#cached.read(publicRoom(room), keep, async () => {
      const [row] = await this.#db.rows<RoomRow>(
        `SELECT ${shownFacts} FROM rooms r WHERE r.id = ? AND r.kind IN (?)`,
        [BigInt(room), [...openKinds]],
      )
      return row === undefined ? undefined : kept(asNonMember(row))
    })
    return found === undefined ? undefined : asSeen(found)
  }

  /** People of a room by name, and the total. */
  async members(room: string, page: MemberPage): Promise<MemberList> {
    const version = await this.#cache.version(membersOf(room))
    const isUsual = page.after === undefined && page.limit === limits.membersListed
    const key = isUsual ? room : [room, page.after, page.limit].join(' ')
    return this.#members.read(key, () => readMembers(this.#db, room, page), { version })
  }

  /** The same with the kind of the room, as MySQL has it at this moment; undefined if there is no such room. */
  async roll(room: string): Promise<RoomRoll | undefined> {
    const [[row], list] = await Promise.all([
      this.#db.rows<{ kind: RoomKind }>('SELECT kind FROM rooms WHERE id = ?', [BigInt(room)]),
      readMembers(this.#db, room, { limit: limits.membersListed }),
    ])
    if (row === undefined) return undefined
    const formerly = await formerlyInRoom(this.#db, room)
    return { kind: row.kind, ...list, formerly }
  }

  /** The members or roles of a room have changed: reads in progress may be outdated. */
  async membersChanged(room: string): Promise<void> {
    this.#members.forget(room)
    await this.#cache.drop(membersOf(room))
  }

  /** A person joined this room, left it, or has another role in it: the old entry is dropped, and the new one cached. */
  async personChanged(userId: string, room: string): Promise<void> {
    await this.peopleChanged([userId], room)
    await this.roomsOf(userId).catch(() => undefined)
  }

  async peopleChanged(people: readonly string[], room: string): Promise<void> {
    await Promise.all([this.membersChanged(room), ...people.map((id) => this.#cached.drop(ofPerson(id)))])
  }

  /** A person has set something for a room: the old entry is dropped, and the new one cached. */
  async settingsChanged(userId: string): Promise<void> {
    await this.#cached.drop(ofPerson(userId))
    await this.roomsOf(userId).catch(() => undefined)
  }

  /** A room is new, or its topic has changed. */
  async roomChanged(room: string): Promise<void> {
    await Promise.all([this.#cached.drop('rooms:public'), this.#cached.drop(publicRoom(room))])
    await Promise.all([this.publicRooms(), this.findPublic(room)]).catch(() => undefined)
  }
}

/** The columns of `facts`; the settings by their columns. */
export interface RoomRow extends SettingColumns {
  id: number
  is_default: number | null
  formerly?: unknown
}

interface JoinedRow extends RoomRow, SettingsRow {
  role: Role
  joined_seq: number
}

export const roomFacts = (row: RoomRow): RoomFacts => ({
  id: String(row.id),
  kind: row.kind,
  isDefault: row.is_default === 1,
  ...settingsIn(row),
  ...formerlyIn(row.formerly),
})

const joinedRoom = (row: JoinedRow): JoinedRoom => ({
  ...roomFacts(row),
  role: row.role,
  settings: settingsOf(row),
  joinedSeq: Number(row.joined_seq),
})

const asNonMember = (row: RoomRow): SeenRoom => ({ ...roomFacts(row), role: null, settings: noSettings })

function kept<Room extends SeenRoom>({ settings, ...room }: Room): Kept<Room> {
  return { ...room, ...keptSettings(settings) }
}

function asSeen<Room extends SeenRoom>(entry: Kept<Room>): Room {
  const { turn, read, closed, level, mutedUntil, favourite, section, ...room } = entry
  const settings = fromKept({ turn, read, closed, level, mutedUntil, favourite, section })
  return { ...room, settings } as unknown as Room
}

const ofPerson = (userId: string): string => `rooms:in:${userId}`
const publicRoom = (room: string): string => `room:public:${room}`
const membersOf = (room: string): string => `room:members:${room}`
