// Rooms and who may enter them. Every change is decided in MySQL; then the cache is dropped; then the room is told by
// a notice in its log. "Not allowed" looks like "not there".
import type { NewcomerRules } from '../access/newcomers.ts'
import type { Newcomers } from '../account/accounts.ts'
import { Refused } from '../answer.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { SharedRateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import { idByName, nameFields } from '../naming/names-taken.ts'
import { requireOwnLook } from '../naming/room-names.ts'
import { newCid } from '../protocol/cid.ts'
import type { Refusal } from '../protocol/errors.ts'
import { rates, type Rate } from '../protocol/rates.ts'
import { looksLikeAnother } from '../protocol/misleading-names.ts'
import { cleanName, cleanRoomName, cleanTopic, nameKey } from '../protocol/names.ts'
import type { Actor, Person, Role, RoomSummary, User } from '../protocol/people.ts'
import type { Standing } from '../protocol/rights.ts'
import { kindOf, namedKinds, type RoomKind } from '../protocol/room-kinds.ts'
import type { RoomChange } from '../protocol/room-settings.ts'
import type { WordRules } from '../word-rules/rules.ts'
import { refuseAdding } from './adding.ts'
import { changeRoom } from './change-room.ts'
import { requireNewPerson, requireNewRoom, type GivenIds } from './fresh-ids.ts'
import { leaveAll } from './leave-all.ts'
import { ensureLobby } from './lobby.ts'
import { concerned, Notices, type Happening, type Telling } from './notices.ts'
import { inherited, Roles } from './roles.ts'
import { refuseBanned, RoomBans, type BanChanges } from './room-bans.ts'
import { RoomList, type RoomListDeps } from './room-list.ts'
import {
  deleteMember,
  findRole,
  findStanding,
  handOver,
  insertMember,
  isFull,
  isThere,
  mayLeave,
} from './standing.ts'

export interface MembershipDeps extends RoomListDeps, Telling {
  log: RoomListDeps['log'] & Telling['log'] & GivenIds
  rateLimits?: RateLimiterOptions
  bans: BanChanges
  newcomerRules?: Pick<NewcomerRules, 'lacks'>
  wordRules?: Pick<WordRules, 'judge'>
}

export interface RoomDraft {
  name: string
  kind: RoomKind
  topic?: string | undefined
}

const notFound: Refusal = { code: 'not_found' }

export class Memberships extends RoomList implements Newcomers {
  readonly roles: Roles
  readonly bans: RoomBans
  readonly notices: Notices
  readonly #deps: MembershipDeps
  readonly #db: Db
  readonly #creations: SharedRateLimiter
  readonly #bringing: SharedRateLimiter
  readonly #bringingOne: SharedRateLimiter
  #lobby: string | undefined

  constructor(deps: MembershipDeps) {
    super(deps)
    const onHappening = (happening: Happening): void => {
      this.people.happened(happening)
      deps.onHappening?.(happening)
    }
    this.#deps = deps
    this.#db = deps.db
    this.notices = new Notices({ ...deps, onHappening, roster: this.roster })
    this.roles = new Roles({ db: deps.db, notices: this.notices, roster: this.roster })
    this.bans = new RoomBans({ db: deps.db, roles: this.roles, changes: deps.bans })
    const limiter = (name: string, rate: Rate) =>
      new SharedRateLimiter(name, rate, deps.cache, deps.rateLimits)
    this.#creations = limiter('create-room', rates.createRoom)
    this.#bringing = limiter('bring-in', rates.bringIn)
    this.#bringingOne = limiter('bring-in-one', rates.bringInOne)
  }

  /** At boot, before anybody connects. Returns the room's id. */
  async ensureDefaultRoom(): Promise<string> {
    this.#lobby ??= await ensureLobby(this.#db)
    return this.#lobby
  }

  async enter(tx: Queryable, user: Person, rooms: readonly string[] = []): Promise<void> {
    await requireNewPerson(tx, this.#deps.log, user.id)
    for (const room of new Set([await this.ensureDefaultRoom(), ...rooms])) {
      if (room !== this.#lobby && !(await isThere(tx, room))) continue
      await this.#insert(tx, room, user.id, 'member')
      await this.notices.note(tx, { room, user, notice: { kind: 'joined' } })
    }
  }

  async greet(user: Person, rooms: readonly string[] = []): Promise<void> {
    for (const room of new Set([await this.ensureDefaultRoom(), ...rooms])) {
      await this.roster.membersChanged(room)
      await this.notices.tell({ room, user, notice: { kind: 'joined' } })
    }
  }

  /** Somebody's standing in a room, as MySQL has it at this moment; see Roles. */
  standing(userId: string, room: string): Promise<Standing | undefined> {
    return this.roles.standing(userId, room)
  }

  async create(user: Actor, query: RoomDraft): Promise<RoomSummary | Refusal> {
    if (this.#deps.newcomerRules?.lacks(user, 'createRooms') === true) return { code: 'not_for_newcomers' }
    const name = cleanRoomName(query.name)
    if (name === undefined) return { code: 'bad_room_name' }
    if (looksLikeAnother(name)) return { code: 'misleading_name' }
    const topic = cleanTopic(query.topic ?? '')
    if (topic === undefined) return { code: 'bad_topic' }
    if (topic !== '' && this.#deps.newcomerRules?.lacks(user, 'setTopics') === true)
      return { code: 'not_for_newcomers' }
    if (this.#isRefused(user, `${name}\n${topic}`)) return { code: 'refused_by_rule' }
    const wait = await this.#creations.take(user.id)
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    const room = await this.#make(user, { name, topic, kind: query.kind })
    if (typeof room === 'object') return room
    await this.roster.roomChanged(room)
    await this.roster.personChanged(user.id, room)
    await this.notices.tell({ room, user, notice: { kind: 'created' } })
    return this.#seen(user.id, room)
  }

  /** Joining twice is the same as once: the second call gets the same answer and sends no notice. */
  async join(user: Person, room: string): Promise<RoomSummary | Refusal> {
    const came = await this.#comeIn({ room, user, notice: { kind: 'joined' } }, async (tx) => {
      const refusal = await refuseBanned(tx, user.id, room)
      if (refusal !== undefined) return refusal
      const standing = await findStanding(tx, user.id, room)
      if (standing === undefined) return notFound
      const mayJoin = standing.role !== null || kindOf(standing.kind).joinedBy === 'everybody'
      return mayJoin ? undefined : { code: 'not_allowed' }
    })
    return came ?? this.#seen(user.id, room)
  }

  /** For the command line: adds somebody to any existing room, private ones included, but direct ones. */
  async place(user: Person, room: string): Promise<Refusal | undefined> {
    return this.#comeIn({ room, user, notice: { kind: 'joined' } }, async (tx) => {
      const sql = 'SELECT id FROM rooms WHERE id = ? AND kind IN (?) FOR UPDATE'
      const [row] = await tx.rows(sql, [BigInt(room), namedKinds])
      return row === undefined ? notFound : undefined
    })
  }

  /** Into the rooms of an invite, but those that they are banned from or that are gone. Returns the ones they are in. */
  async comeBy(user: Person, rooms: readonly string[]): Promise<RoomSummary[]> {
    const came: RoomSummary[] = []
    for (const room of rooms) {
      const refusal = await this.#comeIn({ room, user, notice: { kind: 'joined' } }, async (tx) => {
        const sql = 'SELECT id FROM rooms WHERE id = ? AND archived = 0 AND kind IN (?) FOR UPDATE'
        const [row] = await tx.rows(sql, [BigInt(room), namedKinds])
        return row === undefined ? notFound : refuseBanned(tx, user.id, room)
      })
      const seen = refusal === undefined ? await this.summary(user.id, room) : undefined
      if (seen !== undefined) came.push(seen)
    }
    return came
  }

  /** Adds somebody by name, as rights.ts allows. */
  async addMember(user: User, room: string, name: string): Promise<Refusal | undefined> {
    const refusal = await refuseAdding(this.#db, { user, room })
    if (refusal !== undefined) return refusal
    const person = await this.#personNamed(name)
    if (person === undefined) return { code: 'no_such_person' }
    const one = await this.#bringingOne.take(`${user.id}:${person.id}`)
    const wait = one > 0 ? one : await this.#bringing.take(user.id)
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    // Checked again with the room locked: a person who has left meanwhile must not add anybody to a room that is now
    // empty.
    const added = { room, user, notice: { kind: 'added', person } } as const
    return this.#comeIn(added, (tx) => refuseAdding(tx, { user, room, person }, 'lock'))
  }

  /** Nobody leaves the default room. A private room whose last owner leaves goes to somebody else (see handOver). */
  async leave(user: Person, room: string): Promise<Refusal | undefined> {
    const heir = await this.#db.transaction(async (tx): Promise<Person | Refusal | undefined> => {
      const standing = await findStanding(tx, user.id, room, 'lock')
      if (standing === undefined || standing.role === null) return notFound
      if (standing.isDefault) return { code: 'last_room' }
      if (!(await mayLeave(tx, standing))) return { code: 'direct_stays' }
      const cid = newCid()
      await deleteMember(tx, user.id, room, { by: user.id, cid })
      const next = kindOf(standing.kind).hasHeir ? await handOver(tx, room) : undefined
      if (next !== undefined) await this.notices.note(tx, inherited(user, room, next))
      await this.notices.note(tx, { room, user, notice: { kind: 'left' } }, cid)
      return next
    })
    if (heir !== undefined && 'code' in heir) return heir
    await this.roster.personChanged(user.id, room)
    if (heir !== undefined) await this.roles.inherited(user, room, heir)
    await this.notices.tell({ room, user, notice: { kind: 'left' } })
    return undefined
  }

  leaveAll = (user: Person): Promise<void> =>
    leaveAll({ db: this.#db, notices: this.notices, roster: this.roster }, user)

  /** Changes a room's settings; the gate has checked the rights. `address`: from where it is asked. */
  async change(
    user: Actor,
    room: string,
    query: RoomChange,
    address: string,
  ): Promise<RoomSummary | Refusal> {
    const { notices, roster } = this
    if (this.#isRefused(user, [query.name, query.topic].join('\n'))) return { code: 'refused_by_rule' }
    const refusal = await changeRoom({ db: this.#db, notices, roster }, { user, room, query, address })
    return refusal ?? this.#seen(user.id, room)
  }

  /** A name and a topic are read by everybody: nobody would look at them before. */
  #isRefused(user: Actor, texts: string): boolean {
    return this.#deps.wordRules?.judge(user, texts) !== undefined
  }

  async #make(user: Person, { name, topic = '', kind }: RoomDraft): Promise<string | Refusal> {
    const own = kindOf(kind).ownsName ? nameFields(name) : { key: null, skeleton: null }
    try {
      return await this.#db.transaction(async (tx) => {
        if (await isFull(tx, user.id)) return { code: 'too_many_rooms' }
        const { insertId } = await tx.run(
          'INSERT INTO rooms (name, public_key, skeleton, kind, topic, created_by, created_at) VALUES (?)',
          [[name, own.key, own.skeleton, kind, topic, BigInt(user.id), new Date()]],
        )
        requireNewRoom(this.#deps.log, insertId)
        if (own.key !== null) await requireOwnLook(tx, { id: insertId, name })
        await this.#insert(tx, insertId, user.id, 'owner')
        await this.notices.note(tx, { room: insertId, user, notice: { kind: 'created' } })
        return insertId
      })
    } catch (error) {
      if (isDuplicate(error)) return { code: 'room_name_taken' }
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }

  /**
   * Makes the person whom `coming` is about a member, unless `refuses`, and tells the room; if they are one already, there
   * is nothing to tell. Of two calls at once, the key admits one.
   */
  async #comeIn(
    coming: Happening,
    refuses: (tx: Queryable) => Promise<Refusal | undefined>,
  ): Promise<Refusal | undefined> {
    const { room } = coming
    const { id } = concerned(coming)
    const came = await this.#db
      .transaction(async (tx) => {
        const refusal = await refuses(tx)
        if (refusal !== undefined) return refusal
        if (!(await isThere(tx, room))) return notFound
        if ((await findRole(tx, id, room)) !== null) return false
        if (await isFull(tx, id)) return { code: 'too_many_rooms' } as const
        await this.#insert(tx, room, id, 'member')
        await this.notices.note(tx, coming)
        return true
      })
      .catch((error: unknown) => {
        if (isDuplicate(error)) return false
        throw error
      })
      .finally(() => this.roster.personChanged(id, room))
    if (typeof came === 'object') return came
    if (came) await this.notices.tell(coming)
    return undefined
  }

  async #insert(tx: Queryable, room: string, userId: string, role: Role): Promise<void> {
    const read = this.#deps.log.heads([room]).get(room)?.seq ?? 0
    await insertMember(tx, { userId, room, role, read })
  }

  async #personNamed(raw: string): Promise<Person | undefined> {
    const [row] = await this.#db.rows<{ id: number; name: string; is_bot: number }>(
      'SELECT id, name, is_bot FROM users WHERE id = ?',
      [BigInt((await idByName(this.#db, nameKey(cleanName(raw) ?? ''))) ?? 0)],
    )
    if (row === undefined) return undefined
    const person = { id: String(row.id), name: row.name }
    return row.is_bot === 1 ? { ...person, bot: true } : person
  }

  async #seen(userId: string, room: string): Promise<RoomSummary | Refusal> {
    return (await this.summary(userId, room)) ?? notFound
  }
}
