// A direct room becomes a private one once everybody in it has agreed: its log goes on, and all of them own it. SQL of
// `direct_conversions`.
import type { NewcomerRules } from '../access/newcomers.ts'
import { isRefusal } from '../answer.ts'
import { noteAudit } from '../audit/audit.ts'
import type { Db, Queryable } from '../db.ts'
import type { Happening } from '../membership/notices.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Conversion, ConversionAnswer } from '../protocol/directs.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Notice } from '../protocol/events.ts'
import { looksLikeAnother } from '../protocol/misleading-names.ts'
import { personOf, type Actor, type Person } from '../protocol/people.ts'
import { cleanChange } from '../protocol/room-settings.ts'

export interface ConversionDeps {
  db: Db
  memberships: Pick<Memberships, 'notices' | 'roster'>
  newcomerRules: Pick<NewcomerRules, 'lacks'>
}

interface Asked {
  user: Actor
  room: string
  /** How it is to be called; undefined: as it was asked before. */
  name: string | undefined
  /** From where it is asked. */
  address: string
}

interface AgreedRow {
  id: number | string
  name: string
}

export class Conversions {
  readonly #deps: ConversionDeps

  constructor(deps: ConversionDeps) {
    this.#deps = deps
  }

  async of(room: string): Promise<ConversionAnswer> {
    const { db } = this.#deps
    const [agreed, people] = await Promise.all([agreedIn(db, room), peopleIn(db, room)])
    return { conversion: conversionOf(agreed, people) }
  }

  /** Asks for it, or agrees; another name is asked for anew. With the last who agrees it is done. */
  async agree(asked: Asked): Promise<ConversionAnswer | Refusal> {
    const { db } = this.#deps
    const name = asked.name === undefined ? undefined : cleanName(asked.name)
    if (isRefusal(name)) return name
    const happened: Happening[] = []
    const people = await db.transaction((tx) => this.#agree(tx, { ...asked, name: name?.name }, happened))
    if (isRefusal(people)) return people
    await this.#tell(asked.room, people, happened)
    return this.of(asked.room)
  }

  /** Somebody in it would rather have it stay as it is. */
  async decline(user: Person, room: string): Promise<void> {
    const { db, memberships } = this.#deps
    const happening: Happening = { room, user: personOf(user), notice: { kind: 'kept_direct' } }
    const isOver = await db.transaction(async (tx) => {
      await isDirect(tx, room)
      const { affectedRows } = await tx.run('DELETE FROM direct_conversions WHERE room_id = ?', [
        BigInt(room),
      ])
      if (affectedRows > 0) await memberships.notices.note(tx, happening)
      return affectedRows > 0
    })
    if (isOver) await memberships.notices.tell(happening)
  }

  async #agree(
    tx: Queryable,
    { user, room, name: wanted, address }: Asked,
    happened: Happening[],
  ): Promise<Person[] | Refusal> {
    if (!(await isDirect(tx, room))) return { code: 'not_found' }
    const people = await peopleIn(tx, room)
    const before = await agreedIn(tx, room)
    const name = wanted ?? before[0]?.name
    if (name === undefined) return { code: 'bad_room_name' }
    const note = async (notice: Notice): Promise<void> => {
      const happening: Happening = { room, user: personOf(user), notice }
      await this.#deps.memberships.notices.note(tx, happening)
      happened.push(happening)
    }
    const isAnother = before[0]?.name !== name
    if (isAnother && this.#deps.newcomerRules.lacks(user, 'createRooms')) return { code: 'not_for_newcomers' }
    if (isAnother) await tx.run('DELETE FROM direct_conversions WHERE room_id = ?', [BigInt(room)])
    await tx.run(
      'INSERT IGNORE INTO direct_conversions (room_id, user_id, name, at_ms) VALUES (?, ?, ?, ?)',
      [BigInt(room), BigInt(user.id), name, Date.now()],
    )
    const agreed = new Set((isAnother ? [] : before).map(({ id }) => String(id))).add(user.id)
    const lacking = people.filter(({ id }) => !agreed.has(id))
    if (lacking.length > 0) {
      if (isAnother) await note({ kind: 'asked_private', name })
      return []
    }
    await convert(tx, room, name)
    await note({ kind: 'made_private', name })
    const about = { room: { id: room }, changed: { visibility: 'private', name } }
    await noteAudit(tx, { kind: 'room_changed', by: personOf(user), address, about })
    return people
  }

  /** `people`: of a room that is a private one now. */
  async #tell(room: string, people: readonly Person[], happened: readonly Happening[]): Promise<void> {
    const { notices, roster } = this.#deps.memberships
    if (people.length > 0) {
      await roster.roomChanged(room)
      await roster.peopleChanged(
        people.map(({ id }) => id),
        room,
      )
    }
    for (const happening of happened) await notices.tell(happening)
  }
}

function cleanName(raw: string): { name: string } | Refusal {
  const change = cleanChange({ name: raw })
  if (isRefusal(change)) return change
  const name = String(change[0]?.[1])
  return looksLikeAnother(name) ? { code: 'misleading_name' } : { name }
}

/** From here to the end of the transaction nobody else agrees, asks or declines. */
async function isDirect(tx: Queryable, room: string): Promise<boolean> {
  const rows = await tx.rows(
    "SELECT 1 FROM rooms WHERE id = ? AND kind = 'direct' AND deleted_at IS NULL FOR UPDATE",
    [BigInt(room)],
  )
  return rows.length > 0
}

/** Its people are found by it no more; it is in everybody's list, and each of them owns it. */
async function convert(tx: Queryable, room: string, name: string): Promise<void> {
  const id = BigInt(room)
  await tx.run("UPDATE rooms SET kind = 'private', name = ?, people_key = NULL WHERE id = ?", [name, id])
  await tx.run("UPDATE memberships SET role = 'owner', closed_seq = NULL WHERE room_id = ?", [id])
  await tx.run('DELETE FROM direct_conversions WHERE room_id = ?', [id])
}

/** Those whose account has ended need not agree. */
async function peopleIn(db: Queryable, room: string): Promise<Person[]> {
  const rows = await db.rows<{ id: number | string; name: string }>(
    `SELECT u.id, u.name FROM memberships m JOIN users u ON u.id = m.user_id AND u.ended_at IS NULL
     WHERE m.room_id = ? ORDER BY u.id`,
    [BigInt(room)],
  )
  return rows.map(({ id, name }) => ({ id: String(id), name }))
}

/** The first one has asked. */
const agreedIn = (db: Queryable, room: string): Promise<AgreedRow[]> =>
  db.rows('SELECT user_id AS id, name FROM direct_conversions WHERE room_id = ? ORDER BY at_ms, user_id', [
    BigInt(room),
  ])

function conversionOf(
  [first, ...others]: readonly AgreedRow[],
  people: readonly Person[],
): Conversion | null {
  if (first === undefined) return null
  const agreed = new Set([first, ...others].map(({ id }) => String(id)))
  return {
    name: first.name,
    agreed: people.filter(({ id }) => agreed.has(id)),
    missing: people.filter(({ id }) => !agreed.has(id)),
  }
}
