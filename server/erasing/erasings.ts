// Everything that somebody has said is deleted, or restored: an administrator decides it here, in MySQL, and carrying-out.ts makes
// it so, whatever happens to the process that was asked. SQL of `erasings` and `erasing_rooms`.
import { noteAudit } from '../audit/audit.ts'
import type { Db, Param, Queryable } from '../db.ts'
import { isSpokenRow } from '../history/entries/kind.ts'
import type { Entry } from '../log/entry.ts'
import { newCid } from '../protocol/cid.ts'
import type { Erasing, ErasingBody } from '../protocol/erasing.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import { isSpokenEvent } from '../protocol/timeline.ts'

/** Of a row of `messages`: what restored it may not be in MySQL yet. */
const isRestored = `EXISTS (SELECT 1 FROM erasing_rooms r JOIN erasings e ON e.id = r.erasing_id
  WHERE r.room_id = messages.room_id AND r.seq = messages.erased_seq AND e.undone_at IS NOT NULL)`

/** Who decides it, and from where. */
export interface Deciding {
  by: Person
  address: string
}

/** In which room, from which number on. */
interface Place {
  room: string
  from: number
  messages: number
}

interface Row {
  id: number
  person_id: number
  person_name: string
  is_bot: number | null
  since_ms: number
  messages: number
  by_id: number
  by_name: string
  created_at: Date
}

export interface ErasingsDeps {
  db: Db
  /** What is not archived yet. */
  log: { waiting: () => Iterable<Entry> }
  /** Carries out what is decided, as far as the log takes it now; never rejects. */
  carryOut: () => Promise<void>
  now?: (() => number) | undefined
}

const undoable = 'e.undone_at IS NULL AND e.final_at IS NULL AND e.created_at > ?'

export class Erasings {
  readonly #deps: ErasingsDeps
  readonly #now: () => number

  constructor(deps: ErasingsDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  /** Null: they have said nothing since. What is decided is done as soon as the log takes it, mostly when this resolves. */
  async make(
    deciding: Deciding,
    { user, sinceMs }: ErasingBody,
  ): Promise<{ erasing: Erasing | null } | Refusal> {
    const decided = await this.#deps.db.transaction(async (tx): Promise<string | undefined | Refusal> => {
      const [row] = await tx.rows<{ id: number; name: string; is_bot: number }>(
        'SELECT id, name, is_bot FROM users WHERE id = ?',
        [BigInt(user)],
      )
      if (row === undefined) return { code: 'no_such_person' }
      const bot = row.is_bot === 1 ? { bot: true as const } : {}
      return this.decide(tx, deciding, { person: { id: String(row.id), name: row.name, ...bot }, sinceMs })
    })
    if (typeof decided === 'object') return decided
    return { erasing: await this.decided(decided) }
  }

  /** In a transaction of something else, such as a ban; to be followed by `decided`. Undefined: there is nothing to delete. */
  async decide(
    tx: Queryable,
    { by, address }: Deciding,
    { person, sinceMs }: { person: Person; sinceMs: number },
  ): Promise<string | undefined> {
    const places = await this.#placesOf(tx, person.id, sinceMs)
    if (places.length === 0) return undefined
    const messages = places.reduce((sum, place) => sum + place.messages, 0)
    const { insertId } = await tx.run(
      `INSERT INTO erasings (person_id, person_name, since_ms, messages, by_id, by_name, created_at) VALUES (?)`,
      [[BigInt(person.id), person.name, sinceMs, messages, BigInt(by.id), by.name, new Date(this.#now())]],
    )
    await tx.run('INSERT INTO erasing_rooms (erasing_id, room_id, from_seq, cid, undo_cid) VALUES ?', [
      places.map(({ room, from }) => [insertId, BigInt(room), from, newCid(), newCid()]),
    ])
    const about = { person, messages, since: sinceMs, id: insertId }
    await noteAudit(tx, { kind: 'messages_deleted', by, address, about })
    return insertId
  }

  /** Once that is committed. */
  async decided(id: string | undefined): Promise<Erasing | null> {
    if (id === undefined) return null
    await this.#deps.carryOut()
    const [made] = await read(this.#deps.db, 'e.id = ?', [BigInt(id)])
    return made ?? null
  }

  /** Restores what was deleted, within limits.erasing.undoMs. */
  async undo({ by, address }: Deciding, id: string): Promise<Refusal | undefined> {
    const { db, carryOut } = this.#deps
    const refusal = await db.transaction(async (tx): Promise<Refusal | undefined> => {
      await tx.rows('SELECT id FROM erasings WHERE id = ? FOR UPDATE', [BigInt(id)])
      const [row] = await tx.rows<{ is_over: number }>(
        `SELECT e.final_at IS NOT NULL OR e.created_at <= ? AS is_over FROM erasings e
         WHERE e.id = ? AND e.undone_at IS NULL`,
        [this.#oldest(), BigInt(id)],
      )
      if (row === undefined) return { code: 'not_found' }
      if (row.is_over === 1) return { code: 'erased_for_good' }
      await tx.run('UPDATE erasings SET undone_at = ?, undone_by = ?, undone_name = ? WHERE id = ?', [
        new Date(this.#now()),
        BigInt(by.id),
        by.name,
        BigInt(id),
      ])
      const [undone] = await read(tx, 'e.id = ?', [BigInt(id)])
      const { person, messages } = undone ?? {}
      const about = { ...(person && { person }), ...(messages !== undefined && { messages }), id }
      await noteAudit(tx, { kind: 'messages_restored', by, address, about })
      return undefined
    })
    if (refusal === undefined) await carryOut()
    return refusal
  }

  /** Those that can be undone, the newest first. */
  list(): Promise<Erasing[]> {
    return read(this.#deps.db, undoable, [this.#oldest()])
  }

  #oldest(): Date {
    return new Date(this.#now() - limits.erasing.undoMs)
  }

  /** Memory first, MySQL second: what is archived between the two is then in both, and its number says so. */
  async #placesOf(tx: Queryable, userId: string, sinceMs: number): Promise<Place[]> {
    const waiting = [...this.#deps.log.waiting()].filter(
      ({ event }) => isSpokenEvent(event) && event.user.id === userId && event.at >= sinceMs,
    )
    const rows = await tx.rows<{ room: number; first: number; last: number; messages: number }>(
      `SELECT room_id AS room, MIN(seq) AS first, MAX(seq) AS last, COUNT(*) AS messages FROM messages
       WHERE user_id = ? AND COALESCE(said_ms, log_ms) >= ? AND (deleted_ms IS NULL OR ${isRestored}) AND ${isSpokenRow}
       GROUP BY room_id`,
      [BigInt(userId), sinceMs],
    )
    const kept = new Map(rows.map((row) => [String(row.room), row]))
    const places = new Map(
      rows.map(({ room, first, messages }): [string, Place] => [
        String(room),
        { room: String(room), from: Number(first), messages: Number(messages) },
      ]),
    )
    for (const { room, seq } of waiting) {
      if (seq <= Number(kept.get(room)?.last ?? 0)) continue
      const place = places.get(room)
      if (place === undefined) places.set(room, { room, from: seq, messages: 1 })
      else place.messages += 1
    }
    return [...places.values()]
  }
}

async function read(db: Queryable, which: string, params: Param[]): Promise<Erasing[]> {
  const rows = await db.rows<Row>(
    `SELECT e.id, e.person_id, e.person_name, u.is_bot, e.since_ms, e.messages, e.by_id, e.by_name, e.created_at
     FROM erasings e LEFT JOIN users u ON u.id = e.person_id WHERE ${which} ORDER BY e.id DESC LIMIT ?`,
    [...params, limits.erasing.listed],
  )
  return rows.map((row) => ({
    id: String(row.id),
    person: {
      id: String(row.person_id),
      name: row.person_name,
      ...(row.is_bot === 1 ? { bot: true as const } : {}),
    },
    since: row.since_ms,
    messages: row.messages,
    by: { id: String(row.by_id), name: row.by_name },
    at: row.created_at.getTime(),
    undoableUntil: row.created_at.getTime() + limits.erasing.undoMs,
  }))
}
