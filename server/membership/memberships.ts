// Rooms and who may enter them. Every change is decided in MySQL; then what is kept of it is dropped, then the room is
// told by a notice in its log. What is not allowed looks like what is not there.
import type { Newcomers } from '../account/accounts.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { SharedPace, type PaceOptions } from '../pace.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Notice } from '../protocol/events.ts'
import { rates } from '../protocol/limits.ts'
import { cleanName, cleanRoomName, cleanTopic, nameKey } from '../protocol/names.ts'
import type { Person, RevisionReaders, Role, RoomKind, RoomSummary, User } from '../protocol/people.ts'
import { may, type Right } from '../protocol/rights.ts'
import { ensureLobby } from './lobby.ts'
import { tell, type Happening, type Telling } from './notices.ts'
import { Roles } from './roles.ts'
import { RoomList, type RoomListParts } from './room-list.ts'
import { deleteMember, findRole, findStanding, handOver, insertMember, isFull } from './standing.ts'

export interface MembershipParts extends RoomListParts, Telling {
  pace?: PaceOptions
}

export interface RoomWish {
  name: string
  kind: RoomKind
  topic?: string | undefined
}

/** What is to be otherwise about a room. */
export interface RoomChange {
  topic?: string
  revisions?: RevisionReaders
}

/** A wish whose words may stand. */
type AllowedRoom = RoomWish & { topic: string }

const notFound: Refusal = { code: 'not_found' }

export class Memberships extends RoomList implements Newcomers {
  readonly roles: Roles
  readonly #parts: MembershipParts
  readonly #db: Db
  readonly #creations: SharedPace
  #lobby: string | undefined

  constructor(parts: MembershipParts) {
    super(parts)
    this.#parts = parts
    this.#db = parts.db
    this.roles = new Roles({ ...parts, roster: this.roster })
    this.#creations = new SharedPace('create-room', rates.createRoom, parts.cache, parts.pace)
  }

  /** At boot, before anybody comes in. Returns the room's id. */
  async ensureDefaultRoom(): Promise<string> {
    this.#lobby ??= await ensureLobby(this.#db)
    return this.#lobby
  }

  async enter(tx: Queryable, user: Person): Promise<void> {
    await this.#insert(tx, await this.ensureDefaultRoom(), user.id, 'member')
  }

  async greet(user: Person): Promise<void> {
    const room = await this.ensureDefaultRoom()
    await this.roster.membersChanged(room)
    await this.#tell({ room, user, notice: { kind: 'joined' } })
  }

  async create(user: Person, wish: RoomWish): Promise<RoomSummary | Refusal> {
    const name = cleanRoomName(wish.name)
    if (name === undefined) return { code: 'bad_room_name' }
    const topic = cleanTopic(wish.topic ?? '')
    if (topic === undefined) return { code: 'bad_topic' }
    const wait = await this.#creations.take(user.id)
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    const room = await this.#make(user, { name, topic, kind: wish.kind })
    if (typeof room === 'object') return room
    await this.roster.roomChanged(room)
    await this.roster.personChanged(user.id, room)
    await this.#tell({ room, user, notice: { kind: 'created' } })
    return this.#seen(user.id, room)
  }

  /** Joining twice is joining once: the second gets the same answer, and nobody is told again. */
  async join(user: Person, room: string): Promise<RoomSummary | Refusal> {
    const came = await this.#comeIn(user.id, room, async (tx) =>
      (await findStanding(tx, user.id, room)) === undefined ? notFound : undefined,
    )
    if (typeof came === 'object') return came
    if (came) await this.#tell({ room, user, notice: { kind: 'joined' } })
    return this.#seen(user.id, room)
  }

  /** What the command line may: somebody comes into any room there is, also a private one. */
  async place(user: Person, room: string): Promise<Refusal | undefined> {
    const came = await this.#comeIn(user.id, room, async (tx) => {
      const [row] = await tx.rows('SELECT id FROM rooms WHERE id = ? FOR UPDATE', [BigInt(room)])
      return row === undefined ? notFound : undefined
    })
    if (typeof came === 'object') return came
    if (came) await this.#tell({ room, user, notice: { kind: 'joined' } })
    return undefined
  }

  /** Brings somebody in by name, as rights.ts allows. */
  async addMember(user: User, room: string, name: string): Promise<Refusal | undefined> {
    const refusal = await refuseAdding(this.#db, user, room)
    if (refusal !== undefined) return refusal
    const person = await this.#personNamed(name)
    if (person === undefined) return { code: 'no_such_person' }
    // Asked again with the room held: one who has left meanwhile leaves nobody behind in a room without one.
    const came = await this.#comeIn(person.id, room, (tx) => refuseAdding(tx, user, room, 'lock'))
    if (typeof came === 'object') return came
    if (came) await this.#tell({ room, user, notice: { kind: 'added', person } })
    return undefined
  }

  /** Nobody leaves the default room. A private room whose last owner leaves goes to somebody else (see handOver). */
  async leave(user: Person, room: string): Promise<Refusal | undefined> {
    const heir = await this.#db.transaction(async (tx): Promise<Person | Refusal | undefined> => {
      const standing = await findStanding(tx, user.id, room, 'lock')
      if (standing === undefined || standing.role === null) return notFound
      if (standing.isDefault) return { code: 'last_room' }
      await deleteMember(tx, user.id, room)
      return standing.kind === 'private' ? handOver(tx, room) : undefined
    })
    if (heir !== undefined && 'code' in heir) return heir
    await this.roster.personChanged(user.id, room)
    if (heir !== undefined) await this.roles.inherited(user, room, heir)
    await this.#tell({ room, user, notice: { kind: 'left' } })
    return undefined
  }

  /**
   * Anybody in the room sets its topic, its owners who may read earlier texts. Limit: of two set in the same moment MySQL
   * may keep one while the log names the other last, until the next is set.
   */
  async change(user: User, room: string, wish: RoomChange): Promise<RoomSummary | Refusal> {
    const topic = cleanTopic(wish.topic ?? '')
    if (topic === undefined) return { code: 'bad_topic' }
    const standing = await findStanding(this.#db, user.id, room)
    if (standing === undefined) return notFound
    const mayChange = (right: Right): boolean => may(right, { ...standing, admin: user.admin })
    const { revisions } = wish
    if (!mayChange(revisions === undefined ? 'topic' : 'settings')) return { code: 'not_allowed' }
    if (revisions !== undefined && revisions !== standing.revisions)
      await this.#set(user, room, 'revisions', revisions, { kind: 'revisions', revisions })
    if (wish.topic !== undefined && topic !== standing.topic)
      await this.#set(user, room, 'topic', topic, { kind: 'topic', topic })
    return this.#seen(user.id, room)
  }

  async #set(user: User, room: string, what: 'topic' | 'revisions', value: string, notice: Notice) {
    await this.#db.run(`UPDATE rooms SET ${what} = ? WHERE id = ?`, [value, BigInt(room)])
    await this.roster.roomChanged(room)
    await this.roster.personChanged(user.id, room)
    await this.#tell({ room, user, notice })
  }

  async #make(user: Person, { name, topic, kind }: AllowedRoom): Promise<string | Refusal> {
    try {
      return await this.#db.transaction(async (tx) => {
        if (await isFull(tx, user.id)) return { code: 'too_many_rooms' }
        const { insertId } = await tx.run(
          'INSERT INTO rooms (name, public_key, kind, topic, created_by, created_at) VALUES (?)',
          [[name, kind === 'public' ? nameKey(name) : null, kind, topic, BigInt(user.id), new Date()]],
        )
        await this.#insert(tx, insertId, user.id, 'owner')
        return insertId
      })
    } catch (error) {
      if (isDuplicate(error)) return { code: 'room_name_taken' }
      throw error
    }
  }

  /** Makes somebody a member unless `refuses`; false when they are one already. Two at once: the key lets one in. */
  async #comeIn(
    userId: string,
    room: string,
    refuses: (tx: Queryable) => Promise<Refusal | undefined>,
  ): Promise<boolean | Refusal> {
    try {
      return await this.#db.transaction(async (tx) => {
        const refusal = await refuses(tx)
        if (refusal !== undefined) return refusal
        if ((await findRole(tx, userId, room)) !== null) return false
        if (await isFull(tx, userId)) return { code: 'too_many_rooms' }
        await this.#insert(tx, room, userId, 'member')
        return true
      })
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    } finally {
      await this.roster.personChanged(userId, room)
    }
  }

  async #insert(tx: Queryable, room: string, userId: string, role: Role): Promise<void> {
    const heads = await this.#parts.heads([room]).catch(() => undefined)
    await insertMember(tx, { userId, room, role, read: heads?.get(room)?.seq ?? 0 })
  }

  async #personNamed(raw: string): Promise<Person | undefined> {
    const [row] = await this.#db.rows<{ id: number; name: string; is_bot: number }>(
      'SELECT id, name, is_bot FROM users WHERE name_key = ?',
      [nameKey(cleanName(raw) ?? '')],
    )
    if (row === undefined) return undefined
    const person = { id: String(row.id), name: row.name }
    return row.is_bot === 1 ? { ...person, bot: true } : person
  }

  async #tell(happening: Happening): Promise<void> {
    await tell(this.#parts, happening)
  }

  async #seen(userId: string, room: string): Promise<RoomSummary | Refusal> {
    return (await this.summary(userId, room)) ?? notFound
  }
}

async function refuseAdding(
  tx: Queryable,
  user: User,
  room: string,
  lock: 'lock' | 'free' = 'free',
): Promise<Refusal | undefined> {
  const standing = await findStanding(tx, user.id, room, lock)
  if (standing === undefined) return notFound
  return may('bringIn', { ...standing, admin: user.admin }) ? undefined : { code: 'not_allowed' }
}
