// Finds times in a room. Numbers are dense and a room's messages are in time order, so a time is found by bisecting
// the numbers: a few look-ups by primary key, no index of times, and no cost that grows with age. Limit: where an
// import put older messages above newer ones, the result is a place where the times pass this one.
import { SingleFlight, type FlightWatch } from '../channel/single-flight.ts'
import { unlessAway, type Db } from '../db.ts'
import type { Log } from '../log/log.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { DensityAnswer, MomentAnswer } from '../protocol/moments.ts'
import { limits } from '../protocol/limits.ts'
import { isSpokenEvent } from '../protocol/timeline.ts'
import { edgesOf, type Span } from './calendar.ts'
import { isSpokenRow } from './entries/kind.ts'

/** A message's number, and when it was sent. */
interface Said {
  seq: number
  at: number
}

/** A search for a time: the first message at or after it is the first one from `low` on, once low = high. */
interface Search {
  time: number
  low: number
  high: number
  /** The first message from `high` on, if it has been read. */
  found: Said | undefined
}

/** Look-ups of one statement; each is a descent of the primary key. */
const looksAtOnce = 120

interface Room {
  room: string
  /** MySQL has everything below this number, memory the rest. */
  first: number
  head: number
  memory: readonly Said[]
}

export class Moments {
  readonly #db: Db
  readonly #log: Pick<Log, 'tail'>
  readonly #flight: SingleFlight
  /** Counts of a room, cached for a minute: a past day does not change, and today's bar may lag that much. */
  readonly #kept = new Map<string, { until: number; answer: DensityAnswer }>()

  constructor(db: Db, log: Pick<Log, 'tail'>, watch?: FlightWatch) {
    this.#flight = new SingleFlight('moments', watch)
    this.#db = db
    this.#log = log
  }

  /** The first message at or after a time; nulls if all messages are older. */
  at(room: string, time: number): Promise<MomentAnswer | Refusal> {
    return this.#read(room, async (found) => {
      const [said] = await this.#find(found, [time])
      return { seq: said?.seq ?? null, at: said?.at ?? null, head: found.head }
    })
  }

  /** The number of messages in each month, or on each day of a month, from the first to the newest message. */
  async density(room: string, span: Span): Promise<DensityAnswer | Refusal> {
    const key = [room, span.zone, span.month ?? ''].join(' ')
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.until > Date.now()) return kept.answer
    const answer = await this.#flight.read(key, () => this.#read(room, (found) => this.#density(found, span)))
    if ('code' in answer) return answer
    this.#kept.delete(key)
    this.#kept.set(key, { until: Date.now() + limits.moments.keptMs, answer })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > limits.moments.kept && oldest !== undefined) this.#kept.delete(oldest)
    return answer
  }

  async #density(found: Room, span: Span): Promise<DensityAnswer> {
    const [first] = await this.#find(found, [0])
    const last = await this.#last(found)
    if (first === undefined || last === undefined) return { parts: [], head: found.head }
    const edges = edgesOf(span, first.at, last.at)
    const at = await this.#find(found, edges)
    // Numbers never go backwards, whatever order an import has left.
    let seq = found.head + 1
    const seqs = at
      .map((said) => said?.seq ?? found.head + 1)
      .reverse()
      .map((from) => (seq = Math.min(seq, from)))
      .reverse()
    const parts = edges.slice(0, -1).map((start, index) => {
      const from = seqs[index] ?? 0
      return { start, seq: from, count: (seqs[index + 1] ?? from) - from }
    })
    return { parts, head: found.head }
  }

  /** For each time, the first message at or after it. */
  async #find(found: Room, times: readonly number[]): Promise<(Said | undefined)[]> {
    const searches = times.map((time): Search => ({ time, low: 1, high: found.first, found: undefined }))
    for (;;) {
      const open = searches.filter(({ low, high }) => low < high)
      if (open.length === 0) break
      await this.#narrow(found, open)
    }
    return searches.map(({ time, found: said }) => said ?? found.memory.find(({ at }) => at >= time))
  }

  /** One statement for all: each search is probed at a few numbers, and continues between two of them. */
  async #narrow({ room, first }: Room, open: readonly Search[]): Promise<void> {
    const each = Math.max(1, Math.min(15, Math.floor(looksAtOnce / open.length)))
    const looks = new Set(open.flatMap((search) => looksInto(search, each)))
    const said = await this.#saidFrom(room, first, [...looks])
    for (const search of open) {
      for (const look of looksInto(search, each)) {
        const seen = said.get(look)
        if (seen !== undefined && seen.at < search.time) search.low = Math.max(search.low, seen.seq + 1)
        else {
          search.high = look
          search.found = seen ?? search.found
          break
        }
      }
      search.low = Math.min(search.low, search.high)
    }
  }

  /** The first message at or after each of these numbers, below `first`. */
  async #saidFrom(room: string, first: number, looks: readonly number[]): Promise<Map<number, Said>> {
    const said = new Map<number, Said>()
    for (let from = 0; from < looks.length; from += looksAtOnce) {
      const some = looks.slice(from, from + looksAtOnce)
      const one = `(SELECT ? AS look, seq, COALESCE(said_ms, log_ms) AS at FROM messages
        WHERE room_id = ? AND seq >= ? AND seq < ? AND ${isSpokenRow} ORDER BY seq LIMIT 1)`
      const rows = await this.#db.rows<Said & { look: number }>(
        some.map(() => one).join(' UNION ALL '),
        some.flatMap((look) => [look, BigInt(room), look, first]),
      )
      for (const { look, seq, at } of rows) said.set(Number(look), { seq, at: Number(at) })
    }
    return said
  }

  async #last({ room, first, memory }: Room): Promise<Said | undefined> {
    const newest = memory.at(-1)
    if (newest !== undefined) return newest
    const [row] = await this.#db.rows<Said>(
      `SELECT seq, COALESCE(said_ms, log_ms) AS at FROM messages
       WHERE room_id = ? AND seq < ? AND ${isSpokenRow} ORDER BY seq DESC LIMIT 1`,
      [BigInt(room), first],
    )
    return row === undefined ? undefined : { seq: row.seq, at: Number(row.at) }
  }

  /** Memory first, MySQL second: what memory drops between the two is in MySQL by then. */
  async #read<T>(room: string, read: (found: Room) => Promise<T>): Promise<T | Refusal> {
    const tail = this.#log.tail(room)
    if (tail === undefined) return { code: 'not_ready', retryAfterMs: 1_000 }
    const first = tail.first(room)
    const memory = (tail.since(room, first - 1) ?? []).flatMap(({ seq, event }) =>
      isSpokenEvent(event) ? [{ seq, at: event.at }] : [],
    )
    return unlessAway(() => read({ room, first, head: tail.head(room), memory }))
  }
}

/** Numbers spread evenly over the remaining range of a search, ascending; a single one if one is left. */
function looksInto({ low, high }: Search, each: number): number[] {
  const step = Math.max(1, Math.floor((high - low) / (each + 1)))
  const looks = Array.from({ length: each }, (_, index) => low + step * (index + (high - low > each ? 1 : 0)))
  return looks.filter((look) => look >= low && look < high)
}
