// Direct rooms: found or made by who is in them, closed and opened again. SQL of `rooms.people_key` and `memberships.closed_seq`.
import type { NewcomerRules } from '../access/newcomers.ts'
import { isRefusal } from '../answer.ts'
import type { Bus } from '../bus.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import type { Log } from '../log/log.ts'
import { requireNewRoom, type GivenIds } from '../membership/fresh-ids.ts'
import type { Memberships } from '../membership/memberships.ts'
import { newSettings, settingsInsert } from '../membership/settings.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Notice } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import { personOf, type Actor, type Person, type RoomSummary } from '../protocol/people.ts'
import { rates } from '../protocol/rates.ts'
import { SharedRateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import type { Cache } from '../redis/cache.ts'
import { keyOf } from './people-key.ts'
import type { Writing } from './writing.ts'

export interface DirectsDeps {
  db: Db
  cache: Cache
  log: GivenIds & Pick<Log, 'heads'>
  bus: Pick<Bus, 'publish'>
  memberships: Pick<Memberships, 'notices' | 'roster' | 'summary'>
  writing: Pick<Writing, 'toOther'>
  newcomerRules: Pick<NewcomerRules, 'lacks'>
  rateLimits: RateLimiterOptions
}

export interface Opened {
  room: RoomSummary
  isNew: boolean
}

interface PersonRow {
  id: number
  name: string
  is_bot: number
  ended_at: Date | null
}

export class Directs {
  readonly #deps: DirectsDeps
  readonly #pace: SharedRateLimiter
  /** By their keys: whoever asks for the same meanwhile waits, and finds it. */
  readonly #making = new Map<string, Promise<string | Refusal | undefined>>()

  constructor(deps: DirectsDeps) {
    this.#deps = deps
    this.#pace = new SharedRateLimiter('direct', rates.direct, deps.cache, deps.rateLimits)
  }

  /** The room of `user` and these people, who are named by their ids: it is made if there is none, and is in `user`'s list. */
  async open(user: Actor, named: readonly string[]): Promise<Opened | Refusal> {
    if (named.filter((id) => id === user.id).length > 1) return { code: 'yourself_twice' }
    const others = [...new Set(named)].filter((id) => id !== user.id)
    if (others.length >= limits.directs.people) return { code: 'too_many_people' }
    const key = keyOf([user.id, ...others])
    const name = key.toString('hex')
    for (;;) {
      await this.#making.get(name)?.catch(() => undefined)
      const found = await this.#find(key)
      if (found !== undefined) return this.#opened(user, found, false)
      if (this.#making.has(name)) continue
      const making = this.#makeNew(user, others, key).finally(() => this.#making.delete(name))
      this.#making.set(name, making)
      const made = await making
      if (typeof made === 'string') return this.#opened(user, made, true)
      // Another server has made it meanwhile, also for one that is refused because of its rate.
      const other = await this.#find(key)
      if (other !== undefined) return this.#opened(user, other, false)
      return made ?? { code: 'unavailable', retryAfterMs: 1_000 }
    }
  }

  async #makeNew(user: Actor, others: readonly string[], key: Buffer): Promise<string | Refusal | undefined> {
    const people = await this.#requirePeople(user, others)
    if (isRefusal(people)) return people
    const made = await this.#make(user, people.people, key)
    if (made === undefined) return undefined
    const { notices, roster } = this.#deps.memberships
    await roster.peopleChanged([user.id, ...others], made)
    const notice: Notice = { kind: 'created', people: people.people }
    await notices.tell({ room: made, user: personOf(user), notice })
    return made
  }

  /** Out of this person's list, on all their devices, until something is said in it; false: back into it. */
  async close(userId: string, room: string, isClosed: boolean): Promise<Refusal | undefined> {
    const { db, log, bus, memberships } = this.#deps
    const upto = isClosed ? (log.heads([room]).get(room)?.seq ?? 0) : null
    const { affectedRows } = await db.run(
      `UPDATE memberships m JOIN rooms r ON r.id = m.room_id AND r.kind = 'direct' SET m.closed_seq = ?
       WHERE m.user_id = ? AND m.room_id = ?`,
      [upto, BigInt(userId), BigInt(room)],
    )
    if (affectedRows === 0 && !(await this.#isIn(userId, room))) return { code: 'not_found' }
    await memberships.roster.personChanged(userId, room)
    bus.publish({ kind: 'listed', user: userId, room, upto })
    return undefined
  }

  async #isIn(userId: string, room: string): Promise<boolean> {
    const rows = await this.#deps.db.rows(
      `SELECT 1 FROM memberships m JOIN rooms r ON r.id = m.room_id AND r.kind = 'direct'
       WHERE m.user_id = ? AND m.room_id = ?`,
      [BigInt(userId), BigInt(room)],
    )
    return rows.length > 0
  }

  async #opened(user: Actor, room: string, isNew: boolean): Promise<Opened | Refusal> {
    const refusal = isNew ? undefined : await this.#openAgain(user.id, room)
    const summary = await this.#deps.memberships.summary(user.id, room)
    return refusal ?? (summary === undefined ? { code: 'not_found' } : { room: summary, isNew })
  }

  /** Nothing is written where it is open already: 500 requests at once find it without waiting for each other. */
  async #openAgain(userId: string, room: string): Promise<Refusal | undefined> {
    const [row] = await this.#deps.db.rows<{ closed_seq: number | null }>(
      'SELECT closed_seq FROM memberships WHERE user_id = ? AND room_id = ?',
      [BigInt(userId), BigInt(room)],
    )
    if (row === undefined) return { code: 'not_found' }
    return row.closed_seq === null ? undefined : this.close(userId, room, false)
  }

  async #find(key: Buffer): Promise<string | undefined> {
    const [row] = await this.#deps.db.rows<{ id: number }>('SELECT id FROM rooms WHERE people_key = ?', [key])
    return row === undefined ? undefined : String(row.id)
  }

  /** Everybody who is to be in it, as others see them. */
  async #requirePeople(user: Actor, others: readonly string[]): Promise<{ people: Person[] } | Refusal> {
    const { db, newcomerRules, writing } = this.#deps
    if (others.length === 0) return { people: [] }
    if (newcomerRules.lacks(user, 'beginDirects')) return { code: 'not_for_newcomers' }
    const rows = await db.rows<PersonRow>('SELECT id, name, is_bot, ended_at FROM users WHERE id IN (?)', [
      others.map(BigInt),
    ])
    if (rows.length < others.length || rows.some(({ ended_at }) => ended_at !== null))
      return { code: 'no_such_people' }
    const bot = rows.find(({ is_bot }) => is_bot === 1)
    if (bot !== undefined) return { code: 'not_with_bots', detail: bot.name }
    for (const { id, name } of rows) {
      const refusal = await writing.toOther(user.id, String(id), { isAnswer: false })
      if (refusal !== undefined) return { ...refusal, detail: name }
    }
    const wait = await this.#pace.take(user.id)
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    return { people: rows.map(({ id, name }) => ({ id: String(id), name })) }
  }

  /** Invariant: `people_key` is unique, so of requests at once one makes it; undefined: another one did. */
  async #make(user: Actor, others: readonly Person[], key: Buffer): Promise<string | undefined> {
    const { db, log, memberships } = this.#deps
    try {
      return await db.transaction(async (tx) => {
        const { insertId } = await tx.run(
          "INSERT INTO rooms (name, kind, topic, people_key, created_by, created_at) VALUES ('', 'direct', '', ?, ?, ?)",
          [key, BigInt(user.id), new Date()],
        )
        requireNewRoom(log, insertId)
        await insertPeople(tx, insertId, user.id, others)
        const notice: Notice = { kind: 'created', people: [...others] }
        await memberships.notices.note(tx, { room: insertId, user: personOf(user), notice })
        return insertId
      })
    } catch (error) {
      if (isDuplicate(error)) return undefined
      throw error
    }
  }
}

/** The number of the notice with which a room begins. */
const first = 1

/** Until something is said, only whoever made it has it in their list. */
async function insertPeople(
  tx: Queryable,
  room: string,
  maker: string,
  others: readonly Person[],
): Promise<void> {
  const now = new Date()
  const { columns } = settingsInsert(newSettings(0))
  const rowOf = (id: string, closed: number | null) => [
    BigInt(id),
    BigInt(room),
    'member',
    0,
    now,
    ...settingsInsert({ ...newSettings(0), closed }).values,
  ]
  // By id, as all that write several: no two wait for each other.
  const rows = [rowOf(maker, null), ...others.map(({ id }) => rowOf(id, first))]
  rows.sort(([a], [b]) => (BigInt(a as bigint) < BigInt(b as bigint) ? -1 : 1))
  await tx.run(
    `INSERT INTO memberships (user_id, room_id, role, joined_seq, joined_at, ${columns}) VALUES ?`,
    [rows],
  )
}
