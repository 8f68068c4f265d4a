// Which rooms there are and who is in them, as MySQL has it and as it is kept near. Only reads; changes nothing.
import { SingleFlight, type FlightWatch } from '../channel/single-flight.ts'
import type { Db } from '../db.ts'
import { Kept } from '../kept.ts'
import { limits } from '../protocol/limits.ts'
import type { Member, RevisionReaders, Role, RoomKind } from '../protocol/people.ts'
import type { Cache } from '../redis.ts'

export interface RoomFacts {
  id: string
  name: string
  kind: RoomKind
  topic: string
  isDefault: boolean
  /** None: it was kept by a version that did not know of it. */
  revisions?: RevisionReaders
}

/** A room that somebody is in: as what, and up to which number they have read it, in which turn. */
export interface JoinedRoom extends RoomFacts {
  role: Role
  turn: number
  read: number
  /** The room's head when they came. */
  joinedSeq: number
}

/** A room as one person meets it; without a role they see a public room from outside. */
export interface SeenRoom extends RoomFacts {
  role: Role | null
  turn: number
  read: number
}

/**
 * Talking goes on for a week while MySQL is away. While it is there, it is asked each time. Limit: a topic that
 * others changed, or a leave that Redis could not be told, shows late to who reads while MySQL is away.
 */
const keep = { ttlMs: 7 * 24 * 60 * 60_000 }

/** The columns of a room, in `rooms r`. */
export const facts = 'r.id, r.name, r.kind, r.topic, r.is_default, r.revisions'

export class Roster {
  readonly #db: Db
  readonly #cache: Cache
  readonly #kept: Kept
  readonly #members: SingleFlight

  constructor(db: Db, cache: Cache, watch?: FlightWatch) {
    this.#db = db
    this.#cache = cache
    this.#kept = new Kept(cache, { kind: 'rooms', watch })
    this.#members = new SingleFlight('members', watch)
  }

  /** The rooms this person is in. */
  async roomsOf(userId: string): Promise<JoinedRoom[]> {
    const rooms = await this.#kept.read(ofPerson(userId), keep, async () => {
      const rows = await this.#db.rows<JoinedRow>(
        `SELECT ${facts}, m.role, m.read_turn, m.read_seq, m.joined_seq FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE m.user_id = ?`,
        [BigInt(userId)],
      )
      return rows.map(joinedRoom)
    })
    return rooms ?? []
  }

  /** All public rooms as seen from outside, by name; limits.roomsPerPerson at most. */
  async publicRooms(): Promise<SeenRoom[]> {
    const rooms = await this.#kept.read('rooms:public', keep, async () => {
      const rows = await this.#db.rows<RoomRow>(
        `SELECT ${facts} FROM rooms r WHERE r.public_key IS NOT NULL ORDER BY r.public_key LIMIT ?`,
        [limits.roomsPerPerson],
      )
      return rows.map(fromOutside)
    })
    return rooms ?? []
  }

  /** A public room as seen from outside; undefined when there is none. */
  async findPublic(room: string): Promise<SeenRoom | undefined> {
    return this.#kept.read(publicRoom(room), keep, async () => {
      const [row] = await this.#db.rows<RoomRow>(
        `SELECT ${facts} FROM rooms r WHERE r.id = ? AND r.kind = 'public'`,
        [BigInt(room)],
      )
      return row === undefined ? undefined : fromOutside(row)
    })
  }

  /** The first limits.membersListed people of a room by name, and how many there are. */
  async members(room: string): Promise<MemberList> {
    const version = await this.#cache.version(membersOf(room))
    return this.#members.read(room, () => this.#readMembers(room), { version })
  }

  /** Who is in a room, or as what, has changed: what is being read of it may be old. */
  async membersChanged(room: string): Promise<void> {
    this.#members.forget(room)
    await this.#cache.drop(membersOf(room))
  }

  /**
   * A person came into this room, left it, or is something else in it: the old is forgotten, and the new kept. MySQL
   * going away in between costs only the new.
   */
  async personChanged(userId: string, room: string): Promise<void> {
    await Promise.all([this.membersChanged(room), this.#kept.drop(ofPerson(userId))])
    await this.roomsOf(userId).catch(() => undefined)
  }

  /** A room is new, or its topic has changed. */
  async roomChanged(room: string): Promise<void> {
    await Promise.all([this.#kept.drop('rooms:public'), this.#kept.drop(publicRoom(room))])
    await Promise.all([this.publicRooms(), this.findPublic(room)]).catch(() => undefined)
  }

  async #readMembers(room: string): Promise<MemberList> {
    const rows = await this.#db.rows<{ id: number; name: string; role: Role; is_bot: number }>(
      'SELECT u.id, u.name, u.is_bot, m.role FROM memberships m JOIN users u ON u.id = m.user_id ' +
        'WHERE m.room_id = ? ORDER BY u.name_key LIMIT ?',
      [BigInt(room), limits.membersListed],
    )
    const members = rows.map(({ id, name, role, is_bot }) => ({
      ...{ id: String(id), name, role },
      ...(is_bot === 1 ? ({ bot: true } as const) : {}),
    }))
    if (members.length < limits.membersListed) return { members, total: members.length }
    const counted = await this.#db.rows<{ total: number }>(
      'SELECT COUNT(*) AS total FROM memberships WHERE room_id = ?',
      [BigInt(room)],
    )
    return { members, total: counted[0]?.total ?? members.length }
  }
}

export interface MemberList {
  members: Omit<Member, 'here'>[]
  total: number
}

/** The columns of `facts`. */
export interface RoomRow {
  id: number
  name: string
  kind: RoomKind
  topic: string
  is_default: number | null
  revisions: RevisionReaders
}

interface JoinedRow extends RoomRow {
  role: Role
  read_turn: number
  read_seq: number
  joined_seq: number
}

export const roomFacts = ({ id, name, kind, topic, is_default, revisions }: RoomRow): RoomFacts => ({
  id: String(id),
  name,
  kind,
  topic,
  isDefault: is_default === 1,
  revisions,
})

const joinedRoom = (row: JoinedRow): JoinedRoom => ({
  ...roomFacts(row),
  role: row.role,
  turn: Number(row.read_turn),
  read: Number(row.read_seq),
  joinedSeq: Number(row.joined_seq),
})

const fromOutside = (row: RoomRow): SeenRoom => ({ ...roomFacts(row), role: null, turn: 0, read: 0 })

const ofPerson = (userId: string): string => `rooms:in:${userId}`
const publicRoom = (room: string): string => `room:public:${room}`
const membersOf = (room: string): string => `room:members:${room}`
