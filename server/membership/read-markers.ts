// How far people have read: the latest position per person and room. Collected for a moment in slices of people, and
// written many at once, so that a burst of reading is a few statements and two processes never wait for each other.
// Limit: kill -9 loses the marks of the last limits.readMarkers.waitMs; a later read repeats them.
import type { BatchCounts } from '../channel/batch.ts'
import { KeyedBatches } from '../channel/keyed-batches.ts'
import type { Db } from '../db.ts'
import type { Log } from '../log/log.ts'
import { limits } from '../protocol/limits.ts'
import { isLater, later, type Position } from '../protocol/position.ts'

export interface Mark extends Position {
  user: string
  room: string
}

export interface ReadMarkersDeps {
  db: Db
  log: Pick<Log, 'heads'>
  onError?: (error: unknown) => void
}

const { slices, rows, waitMs, held, known } = limits.readMarkers

export class ReadMarkers {
  readonly #db: Db
  readonly #log: Pick<Log, 'heads'>
  readonly #batches: KeyedBatches<number, Mark>
  /** The latest position of each person and room that was recently marked here or elsewhere, oldest first. */
  readonly #lately = new Map<string, Position>()

  constructor({ db, log, onError = () => undefined }: ReadMarkersDeps) {
    this.#db = db
    this.#log = log
    this.#batches = new KeyedBatches<number, Mark>({
      max: rows,
      waitMs,
      held,
      keys: slices,
      capacity: held,
      onError,
      same: { of: placeOf, merge: (older, newer) => (isLater(newer, older) ? newer : older) },
      flush: (_slice, marks) => this.#write(marks),
    })
  }

  get counts(): Readonly<BatchCounts> {
    return this.#batches.counts
  }

  /** Marks that are not written to MySQL yet. */
  get waiting(): number {
    return this.#batches.waiting
  }

  /**
   * This person has read this room up to there; returns how far they have read as far as is known here. Only a later
   * generation moves back. If the queue is full, a later read repeats the mark.
   */
  mark(mark: Mark): Position {
    this.#batches.tryAdd(sliceOf(mark.user), mark)
    return this.heard(mark)
  }

  /** The same, sent by the process that writes it: a badge is right here before MySQL has the mark. */
  heard(mark: Mark): Position {
    const place = placeOf(mark)
    const position = later({ generation: mark.generation, seq: mark.seq }, this.#lately.get(place))
    this.#lately.delete(place)
    this.#lately.set(place, position)
    const [oldest] = this.#lately.keys()
    if (this.#lately.size > known && oldest !== undefined) this.#lately.delete(oldest)
    return position
  }

  /** How far this person has read, as far as is known here; undefined if only MySQL knows. */
  positionOf(user: string, room: string): Position | undefined {
    return this.#lately.get(placeOf({ user, room }))
  }

  /** This person joins the room, perhaps again: their earlier position in it no longer counts. */
  forget(user: string, room: string): void {
    this.#lately.delete(placeOf({ user, room }))
  }

  /** Writes what is queued; returns how many marks could not be written in time. */
  close(): Promise<number> {
    return this.#batches.close()
  }

  /** One statement. Returns the marks of rooms of which the log has not been read yet. */
  async #write(marks: Mark[]): Promise<Mark[]> {
    const heads = this.#log.heads([...new Set(marks.map(({ room }) => room))])
    // Invariant: no position is above its room's head. A head of 0 means that nobody knows it yet.
    const [ready, unknown]: [Mark[], Mark[]] = [[], []]
    for (const mark of marks) {
      const head = heads.get(mark.room)?.seq ?? 0
      if (head === 0) unknown.push(mark)
      else ready.push({ ...mark, seq: Math.min(mark.seq, head) })
    }
    // Invariant: every writer locks the rows in the same order, so that no two wait for each other.
    ready.sort((a, b) => compareIds(a.user, b.user) || compareIds(a.room, b.room))
    if (ready.length > 0) await this.#update(ready)
    return unknown
  }

  /**
   * Updates existing rows only. Trap: an upsert would put a person back into a room that they have just left. Trap:
   * an assignment in a multi-table UPDATE must not depend on a column assigned beside it, because the order in which
   * MySQL assigns them is undefined. So a mark is either later, and written whole, or skipped.
   */
  async #update(marks: Mark[]): Promise<void> {
    const selects = marks
      .map(() => 'SELECT ? AS user_id, ? AS room_id, ? AS generation, ? AS seq')
      .join(' UNION ALL ')
    await this.#db.run(
      `UPDATE (${selects}) AS marks ` +
        'STRAIGHT_JOIN memberships m ON m.user_id = marks.user_id AND m.room_id = marks.room_id ' +
        'SET m.read_turn = marks.generation, m.read_seq = marks.seq ' +
        'WHERE marks.generation > m.read_turn OR (marks.generation = m.read_turn AND marks.seq > m.read_seq)',
      marks.flatMap(({ user, room, generation, seq }) => [BigInt(user), BigInt(room), generation, seq]),
    )
  }
}

const placeOf = ({ user, room }: Pick<Mark, 'user' | 'room'>): string => `${user} ${room}`

/**
 * People are spread evenly: ids are consecutive numbers. Their last three digits decide, because 1,000 is a multiple.
 */
const sliceOf = (user: string): number => Number(user.slice(-3)) % slices

const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
