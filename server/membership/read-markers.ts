// How far people have read: the highest number per person and room, gathered in memory and written once a second.
// Limit: a crash loses the last second, and other processes see a marker that much later.
import type { Db } from '../db.ts'

/** The newest number of each room, and its time; a room without entries may be missing. */
export type Heads = (roomIds: string[]) => Promise<Map<string, { seq: number; at: number | null }>>

export interface Mark {
  user: string
  room: string
  seq: number
}

const everyMs = 1_000
const rowsAtOnce = 500
/** Marks that wait while MySQL is away, some 100 bytes each; beyond, new ones are told again by a later read. */
const mostWaiting = 100_000

export class ReadMarkers {
  readonly #db: Db
  readonly #heads: Heads
  readonly #waiting = new Map<string, Map<string, number>>()
  #count = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined

  constructor(db: Db, heads: Heads) {
    this.#db = db
    this.#heads = heads
  }

  /** This person has read this room up to `seq`. It never goes back. */
  mark({ user, room, seq }: Mark): void {
    const rooms = this.#waiting.get(user) ?? new Map<string, number>()
    const known = rooms.get(room)
    if (known === undefined && this.#count >= mostWaiting) return
    if (known === undefined) this.#count += 1
    rooms.set(room, Math.max(seq, known ?? 0))
    this.#waiting.set(user, rooms)
    this.#flushLater(everyMs)
  }

  /** What this person has read and MySQL has yet to be told, by room. */
  readOf(user: string): ReadonlyMap<string, number> {
    return this.#waiting.get(user) ?? new Map()
  }

  /** Writes what waits; what cannot be written stays and is tried again. */
  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
    this.#flushing = this.#write()
      .catch(() => this.#flushLater(everyMs * (1 + Math.random())))
      .finally(() => {
        this.#flushing = undefined
      })
    await this.#flushing
  }

  async close(): Promise<void> {
    await this.flush()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #flushLater(afterMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, afterMs).unref()
  }

  async #write(): Promise<void> {
    const marks = [...this.#waiting].flatMap(([user, rooms]) =>
      [...rooms].map(([room, seq]): Mark => ({ user, room, seq })),
    )
    if (marks.length === 0) return
    // Invariant: every writer takes the rows in one order, so that no two wait for each other.
    marks.sort((a, b) => compareIds(a.user, b.user) || compareIds(a.room, b.room))
    const heads = await this.#heads([...new Set(marks.map(({ room }) => room))])
    // Nothing is read above a room's head; a head of 0 means that the log has yet to be read, and the mark waits.
    const known = marks.filter(({ room }) => (heads.get(room)?.seq ?? 0) > 0)
    for (let from = 0; from < known.length; from += rowsAtOnce) {
      const some = known.slice(from, from + rowsAtOnce)
      await this.#update(
        some.map((mark) => ({ ...mark, seq: Math.min(mark.seq, heads.get(mark.room)?.seq ?? 0) })),
      )
      this.#written(some)
    }
    if (known.length < marks.length) this.#flushLater(everyMs)
  }

  /**
   * An update of what is there. Trap: as an upsert it would put a person back into a room that they have just left.
   */
  async #update(marks: Mark[]): Promise<void> {
    const rows = marks.map(() => 'SELECT ? AS user_id, ? AS room_id, ? AS seq').join(' UNION ALL ')
    await this.#db.run(
      `UPDATE (${rows}) AS marks ` +
        'STRAIGHT_JOIN memberships m ON m.user_id = marks.user_id AND m.room_id = marks.room_id ' +
        'SET m.read_seq = GREATEST(m.read_seq, marks.seq)',
      marks.flatMap(({ user, room, seq }) => [BigInt(user), BigInt(room), seq]),
    )
  }

  /** Forgets what was written, but for what has risen meanwhile. */
  #written(marks: Mark[]): void {
    for (const { user, room, seq } of marks) {
      const rooms = this.#waiting.get(user)
      if (rooms?.get(room) !== seq) continue
      rooms.delete(room)
      this.#count -= 1
      if (rooms.size === 0) this.#waiting.delete(user)
    }
  }
}

const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
