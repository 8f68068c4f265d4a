// Who is in a direct room, in this process's memory: their rooms are called by them, and every message there is checked against
// who blocks whom. They hardly ever change: a notice says when. Of other rooms it is only known that they are none.
import type { Db } from '../db.ts'
import type { Entry } from '../log/entry.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import { personNow, type NameOf } from '../protocol/present-names.ts'

export interface DirectRoom {
  /** All of them, whoever asks included. */
  people: readonly Person[]
  /** Who has begun it; undefined: not known. */
  madeBy: string | undefined
}

interface Row {
  room_id: number
  kind: string
  created_by: number | null
  id: number | null
  name: string | null
}

export class DirectRooms {
  readonly #db: Db
  readonly #nameOf: NameOf
  readonly #max: number
  /** The one that was needed last is last. */
  readonly #rooms = new Map<string, DirectRoom | null>()
  /** Counts what may have changed while it is read. */
  #changes = 0

  constructor(db: Db, nameOf: NameOf = () => undefined, max: number = limits.directs.kept) {
    this.#db = db
    this.#nameOf = nameOf
    this.#max = max
  }

  /** Null: the room is no direct one; undefined: it is not in memory. */
  known(room: string): DirectRoom | null | undefined {
    const kept = this.#rooms.get(room)
    if (kept === undefined) return undefined
    this.#rooms.delete(room)
    this.#rooms.set(room, kept)
    return kept
  }

  /** @throws a lost connection */
  async of(room: string): Promise<DirectRoom | null> {
    const known = this.known(room)
    return known === undefined ? ((await this.#read([room])).get(room) ?? null) : known
  }

  /** The people of each of these rooms that is a direct one, as they are called now. @throws a lost connection */
  async ofAll(rooms: readonly string[]): Promise<Map<string, Person[]>> {
    const unknown = rooms.filter((room) => !this.#rooms.has(room))
    const read = unknown.length === 0 ? new Map<string, DirectRoom | null>() : await this.#read(unknown)
    const found = new Map<string, Person[]>()
    for (const room of rooms) {
      const direct = read.get(room) ?? this.known(room)
      if (direct)
        found.set(
          room,
          direct.people.map((one) => personNow(one, this.#nameOf)),
        )
    }
    return found
  }

  /** These rooms are of another kind, and stay so: nobody has to ask MySQL, which may be silent, before something is said there. */
  areNone(rooms: readonly string[]): void {
    for (const room of rooms) if (!this.#rooms.has(room)) this.#keep(room, null)
  }

  /** Somebody has left one, or it is a room of another kind now. */
  hear(entries: readonly Entry[]): void {
    for (const { room, event } of entries)
      if (
        event.type === 'notice' &&
        ['left', 'removed', 'visibility', 'made_private'].includes(event.notice.kind)
      )
        this.forget(room)
  }

  forget(room: string): void {
    this.#changes += 1
    this.#rooms.delete(room)
  }

  /** Notices may not have been heard. */
  doubt(): void {
    this.#changes += 1
    this.#rooms.clear()
  }

  /** Trap: a room that is not there yet may become a direct one, so nothing is kept of it. */
  async #read(rooms: readonly string[]): Promise<Map<string, DirectRoom | null>> {
    const before = this.#changes
    const rows = await this.#db.rows<Row>(
      `SELECT r.id AS room_id, r.kind, r.created_by, u.id, u.name FROM rooms r
       LEFT JOIN memberships m ON m.room_id = r.id AND r.kind = 'direct' LEFT JOIN users u ON u.id = m.user_id
       WHERE r.id IN (?)`,
      [rooms.map(BigInt)],
    )
    const found = new Map<string, DirectRoom | null>()
    for (const { room_id, kind, created_by, id, name } of rows) {
      const room = String(room_id)
      const people = [...(found.get(room)?.people ?? [])]
      if (id !== null && name !== null) people.push({ id: String(id), name })
      const madeBy = created_by === null ? undefined : String(created_by)
      found.set(room, kind === 'direct' ? { people, madeBy } : null)
    }
    // A change that came in between is read again.
    if (before === this.#changes) for (const [room, direct] of found) this.#keep(room, direct)
    return found
  }

  #keep(room: string, direct: DirectRoom | null): void {
    this.#rooms.set(room, direct)
    const [oldest = room] = this.#rooms.keys()
    if (this.#rooms.size > this.#max) this.#rooms.delete(oldest)
  }
}
