// How far people have read: the highest number per person and room. Gathered for a moment in slices of persons, and
// written many at once, so that a storm of reading is a few statements and two processes never wait for each other.
// Limit: kill -9 loses the marks of the last limits.readMarkers.waitMs; a later read tells them again.
import type { BatchCounts } from '../channel/batch.ts'
import { KeyedBatches } from '../channel/keyed-batches.ts'
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'

/** The newest number of each room, and its time; a room without entries may be missing. */
export type Heads = (roomIds: string[]) => Promise<Map<string, { seq: number; at: number | null }>>

export interface Mark {
  user: string
  room: string
  seq: number
}

export interface ReadMarkersParts {
  db: Db
  heads: Heads
  onTrouble?: (error: unknown) => void
}

const { slices, rows, waitMs, held, known } = limits.readMarkers

export class ReadMarkers {
  readonly #db: Db
  readonly #heads: Heads
  readonly #batches: KeyedBatches<number, Mark>
  /** The highest number of each person and room that was marked lately here or elsewhere, oldest first. */
  readonly #lately = new Map<string, number>()

  constructor({ db, heads, onTrouble = () => undefined }: ReadMarkersParts) {
    this.#db = db
    this.#heads = heads
    this.#batches = new KeyedBatches<number, Mark>({
      ...{ most: rows, waitMs, held, keys: slices, capacity: held, onTrouble },
      same: { of: placeOf, merge: (older, newer) => (newer.seq > older.seq ? newer : older) },
      flush: (_slice, marks) => this.#write(marks),
    })
  }

  get counts(): Readonly<BatchCounts> {
    return this.#batches.counts
  }

  /** Marks that MySQL has yet to be told. */
  get waiting(): number {
    return this.#batches.waiting
  }

  /** This person has read this room up to `seq`. It never goes back. When no more can wait, a later read tells it again. */
  mark(mark: Mark): void {
    this.heard(mark)
    this.#batches.tryAdd(sliceOf(mark.user), mark)
  }

  /** The same, told by the process that writes it: so a badge is right here before MySQL knows. */
  heard(mark: Mark): void {
    const place = placeOf(mark)
    const seq = Math.max(mark.seq, this.#lately.get(place) ?? 0)
    this.#lately.delete(place)
    this.#lately.set(place, seq)
    const [oldest] = this.#lately.keys()
    if (this.#lately.size > known && oldest !== undefined) this.#lately.delete(oldest)
  }

  /** How far this person has read as far as was heard here; 0 when nothing was, and MySQL alone knows. */
  readUpTo(user: string, room: string): number {
    return this.#lately.get(placeOf({ user, room })) ?? 0
  }

  /** Writes what waits; gives how many marks could not be written in time. */
  close(): Promise<number> {
    return this.#batches.close()
  }

  /** One statement. Gives the marks of rooms that the log has yet to be read of. */
  async #write(marks: Mark[]): Promise<Mark[]> {
    const heads = await this.#heads([...new Set(marks.map(({ room }) => room))])
    // Invariant: nothing is read above a room's head. A head of 0 means that nobody knows it yet.
    const [ready, unknown]: [Mark[], Mark[]] = [[], []]
    for (const mark of marks) {
      const head = heads.get(mark.room)?.seq ?? 0
      if (head === 0) unknown.push(mark)
      else ready.push({ ...mark, seq: Math.min(mark.seq, head) })
    }
    // Invariant: every writer takes the rows in one order, so that no two wait for each other.
    ready.sort((a, b) => compareIds(a.user, b.user) || compareIds(a.room, b.room))
    if (ready.length > 0) await this.#update(ready)
    return unknown
  }

  /**
   * An update of what is there. Trap: as an upsert it would put a person back into a room that they have just left.
   */
  async #update(marks: Mark[]): Promise<void> {
    const selects = marks.map(() => 'SELECT ? AS user_id, ? AS room_id, ? AS seq').join(' UNION ALL ')
    await this.#db.run(
      `UPDATE (${selects}) AS marks ` +
        'STRAIGHT_JOIN memberships m ON m.user_id = marks.user_id AND m.room_id = marks.room_id ' +
        'SET m.read_seq = GREATEST(m.read_seq, marks.seq)',
      marks.flatMap(({ user, room, seq }) => [BigInt(user), BigInt(room), seq]),
    )
  }
}

const placeOf = ({ user, room }: Omit<Mark, 'seq'>): string => `${user} ${room}`

/** Persons are spread evenly: ids are numbers in a row. Their last three digits decide, for 1,000 is a multiple. */
const sliceOf = (user: string): number => Number(user.slice(-3)) % slices

const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
