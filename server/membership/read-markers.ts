// How far people have read: the latest position per person and room. Gathered for a moment in slices of persons, and
// written many at once, so that a storm of reading is a few statements and two processes never wait for each other.
// Limit: kill -9 loses the marks of the last limits.readMarkers.waitMs; a later read tells them again.
import type { BatchCounts } from '../channel/batch.ts'
import { KeyedBatches } from '../channel/keyed-batches.ts'
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import { isLater, later, type Position } from '../protocol/position.ts'

/** The newest number of each room, and its time; a room without entries may be missing. */
export type Heads = (roomIds: string[]) => Promise<Map<string, { seq: number; at: number | null }>>

export interface Mark extends Position {
  user: string
  room: string
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
  /** The latest position of each person and room that was marked lately here or elsewhere, oldest first. */
  readonly #lately = new Map<string, Position>()

  constructor({ db, heads, onTrouble = () => undefined }: ReadMarkersParts) {
    this.#db = db
    this.#heads = heads
    this.#batches = new KeyedBatches<number, Mark>({
      ...{ most: rows, waitMs, held, keys: slices, capacity: held, onTrouble },
      same: { of: placeOf, merge: (older, newer) => (isLater(newer, older) ? newer : older) },
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

  /**
   * This person has read this room up to there; answers how far they have read as far as is known here. Only a later turn
   * leads back. When no more can wait, a later read tells it again.
   */
  mark(mark: Mark): Position {
    this.#batches.tryAdd(sliceOf(mark.user), mark)
    return this.heard(mark)
  }

  /** The same, told by the process that writes it: so a badge is right here before MySQL knows. */
  heard(mark: Mark): Position {
    const place = placeOf(mark)
    const position = later({ turn: mark.turn, seq: mark.seq }, this.#lately.get(place))
    this.#lately.delete(place)
    this.#lately.set(place, position)
    const [oldest] = this.#lately.keys()
    if (this.#lately.size > known && oldest !== undefined) this.#lately.delete(oldest)
    return position
  }

  /** How far this person has read as far as was heard here; undefined when nothing was, and MySQL alone knows. */
  positionOf(user: string, room: string): Position | undefined {
    return this.#lately.get(placeOf({ user, room }))
  }

  /** This person comes into the room, perhaps again: where they were in it before is nothing to them. */
  forget(user: string, room: string): void {
    this.#lately.delete(placeOf({ user, room }))
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
   * Trap: what several tables' columns are set to must not lean on a column that is set beside it: which of them MySQL
   * sets first is not said. So a mark is either later, and stands as it is, or passed over.
   */
  async #update(marks: Mark[]): Promise<void> {
    const selects = marks
      .map(() => 'SELECT ? AS user_id, ? AS room_id, ? AS turn, ? AS seq')
      .join(' UNION ALL ')
    await this.#db.run(
      `UPDATE (${selects}) AS marks ` +
        'STRAIGHT_JOIN memberships m ON m.user_id = marks.user_id AND m.room_id = marks.room_id ' +
        'SET m.read_turn = marks.turn, m.read_seq = marks.seq ' +
        'WHERE marks.turn > m.read_turn OR (marks.turn = m.read_turn AND marks.seq > m.read_seq)',
      marks.flatMap(({ user, room, turn, seq }) => [BigInt(user), BigInt(room), turn, seq]),
    )
  }
}

const placeOf = ({ user, room }: Pick<Mark, 'user' | 'room'>): string => `${user} ${room}`

/** Persons are spread evenly: ids are numbers in a row. Their last three digits decide, for 1,000 is a multiple. */
const sliceOf = (user: string): number => Number(user.slice(-3)) % slices

const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
